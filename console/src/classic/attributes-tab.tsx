/** The attributes of a Classic Load Balancer, to read and to change. */
import { ModifyLoadBalancerAttributesCommand } from "@aws-sdk/client-elastic-load-balancing";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { elb } from "../commands/elb";
import { FormDialog } from "../frame/form-dialog";
import { Loading } from "../frame/frame";
import { notify } from "../frame/notifications";
import { Problem } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import { attributesInput, NUMBERS, type TypedAttributes, typedAttributes } from "./attributes";
import { numberError } from "./health-check";
import { classicAttributes } from "./questions";

const MODES = [
  { value: "monitor", label: "Monitor" },
  { value: "defensive", label: "Defensive" },
  { value: "strictest", label: "Strictest" },
];
const INTERVALS = ["5", "60"].map((value) => ({ value, label: `${value} minutes` }));

export function AttributesTab({ name }: { name: string }) {
  const { value, error } = useAnswer(`classic attributes ${name}`, () => classicAttributes(name));
  const [isEditing, setEditing] = useState(false);
  const known = value && typedAttributes(value);
  return (
    <SpaceBetween size="l">
      <Problem error={error} />
      {!known && !error && <Loading />}
      {known && (
        <Container
          header={<Header actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>Attributes</Header>}
        >
          <KeyValuePairs columns={3} items={told(known)} />
        </Container>
      )}
      {isEditing && known && <EditAttributes name={name} before={known} close={() => setEditing(false)} />}
    </SpaceBetween>
  );
}

function told(it: TypedAttributes) {
  const onOff = (isOn: boolean) => (isOn ? "On" : "Off");
  return [
    { label: "Cross-zone load balancing", value: onOff(it.isCrossZone) },
    { label: "Connection draining", value: it.isDraining ? `${it.drainingSeconds} seconds` : "Off" },
    { label: "Idle timeout", value: `${it.idleSeconds} seconds` },
    { label: "Desync mitigation mode", value: MODES.find(({ value }) => value === it.desync)?.label ?? it.desync },
    { label: "Access logs", value: it.isLogged ? `${it.bucket}/${it.prefix}, every ${it.emitMinutes} minutes` : "Off" },
  ];
}

interface EditProps {
  name: string;
  before: TypedAttributes;
  close: () => void;
}

function EditAttributes({ name, before, close }: EditProps) {
  const [typed, setTyped] = useState(before);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<TypedAttributes>) => setTyped((old) => ({ ...old, ...part }));
  const input = attributesInput(before, typed);
  const isChanged = Object.keys(input).length > 0;
  const operation = elb(
    "modify-load-balancer-attributes",
    new ModifyLoadBalancerAttributesCommand({ LoadBalancerName: name, LoadBalancerAttributes: input }),
  );
  const isWrong =
    numberError(NUMBERS.idleSeconds, typed.idleSeconds) !== null ||
    (typed.isDraining && numberError(NUMBERS.drainingSeconds, typed.drainingSeconds) !== null);
  const save = async () => {
    if (isChanged && !(await run(operation.send))) return;
    notify("success", `Successfully modified attributes of load balancer ${name}.`);
    close();
  };
  return (
    <FormDialog
      title="Edit attributes"
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={isWrong}
      error={error}
      operations={isChanged ? [operation] : []}
      close={close}
      submit={save}
    >
      <TrafficFields typed={typed} set={set} />
      <AccessLogFields typed={typed} set={set} />
    </FormDialog>
  );
}

interface FieldsProps {
  typed: TypedAttributes;
  set: (part: Partial<TypedAttributes>) => void;
}

function TrafficFields({ typed, set }: FieldsProps) {
  const seconds = (label: string, name: keyof typeof NUMBERS) => (
    <FormField
      label={label}
      constraintText={`${NUMBERS[name].min}-${NUMBERS[name].max} seconds.`}
      errorText={numberError(NUMBERS[name], typed[name])}
    >
      <Input value={typed[name]} inputMode="numeric" onChange={({ detail }) => set({ [name]: detail.value })} />
    </FormField>
  );
  return (
    <SpaceBetween size="m">
      <Checkbox
        checked={typed.isCrossZone}
        description="Requests go to the instances of all zones alike."
        onChange={({ detail }) => set({ isCrossZone: detail.checked })}
      >
        Cross-zone load balancing
      </Checkbox>
      <Checkbox
        checked={typed.isDraining}
        description="Requests in progress may finish when an instance is deregistered."
        onChange={({ detail }) => set({ isDraining: detail.checked })}
      >
        Connection draining
      </Checkbox>
      {typed.isDraining && seconds("Draining timeout", "drainingSeconds")}
      {seconds("Idle timeout", "idleSeconds")}
      <FormField label="Desync mitigation mode">
        <Select
          selectedOption={MODES.find(({ value }) => value === typed.desync) ?? null}
          options={MODES}
          onChange={({ detail }) => set({ desync: detail.selectedOption.value ?? "defensive" })}
        />
      </FormField>
    </SpaceBetween>
  );
}

function AccessLogFields({ typed, set }: FieldsProps) {
  const text = (label: string, name: "bucket" | "prefix") => (
    <FormField label={label}>
      <Input value={typed[name]} onChange={({ detail }) => set({ [name]: detail.value })} spellcheck={false} />
    </FormField>
  );
  return (
    <SpaceBetween size="m">
      <Checkbox
        checked={typed.isLogged}
        description="Each request becomes a line of a file in a bucket."
        onChange={({ detail }) => set({ isLogged: detail.checked })}
      >
        Access logs
      </Checkbox>
      {typed.isLogged && text("Bucket", "bucket")}
      {typed.isLogged && text("Prefix", "prefix")}
      {typed.isLogged && (
        <FormField label="Emit interval">
          <Select
            selectedOption={INTERVALS.find(({ value }) => value === typed.emitMinutes) ?? null}
            options={INTERVALS}
            onChange={({ detail }) => set({ emitMinutes: detail.selectedOption.value ?? "60" })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
