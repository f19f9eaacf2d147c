/** The health check of a Classic Load Balancer, to read and to change. */
import { ConfigureHealthCheckCommand, type LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { elb } from "../commands/elb";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import {
  healthCheckInput,
  isHealthCheckWrong,
  NUMBERS,
  numberError,
  type TypedHealthCheck,
  typedHealthCheck,
} from "./health-check";

export function HealthCheckTab({ balancer }: { balancer: LoadBalancerDescription }) {
  const { HealthCheck, LoadBalancerName: name = "" } = balancer;
  const [isEditing, setEditing] = useState(false);
  const check = typedHealthCheck(HealthCheck);
  return (
    <Container header={<Header actions={<Button onClick={() => setEditing(true)}>Edit</Button>}>Health checks</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: "Ping target", value: check.target },
          ...NUMBERS.map((rule) => ({ label: rule.label, value: check[rule.name] })),
        ]}
      />
      {isEditing && <EditHealthCheck name={name} before={check} close={() => setEditing(false)} />}
    </Container>
  );
}

interface EditProps {
  name: string;
  before: TypedHealthCheck;
  close: () => void;
}

function EditHealthCheck({ name, before, close }: EditProps) {
  const [typed, setTyped] = useState(before);
  const { isRunning, error, run } = useChange();
  const operation = configure(name, typed);
  const save = async () => {
    if (!(await run(operation.send))) return;
    notify("success", "Successfully modified health check settings.");
    close();
  };
  return (
    <FormDialog
      title="Edit health check settings"
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={isHealthCheckWrong(typed)}
      error={error}
      operations={[operation]}
      close={close}
      submit={save}
    >
      <HealthCheckFields check={typed} set={(part) => setTyped((old) => ({ ...old, ...part }))} />
    </FormDialog>
  );
}

interface FieldsProps {
  check: TypedHealthCheck;
  set: (part: Partial<TypedHealthCheck>) => void;
}

export function HealthCheckFields({ check, set }: FieldsProps) {
  return (
    <SpaceBetween size="m">
      <FormField
        label="Ping target"
        description="HTTP:80/path and HTTPS:443/path want the answer 200, TCP:80 and SSL:443 a connection."
      >
        <Input value={check.target} onChange={({ detail }) => set({ target: detail.value })} spellcheck={false} />
      </FormField>
      {NUMBERS.map((rule) => (
        <FormField
          key={rule.name}
          label={rule.label}
          description={rule.description}
          constraintText={`${rule.min}-${rule.max}`}
          errorText={numberError(rule, check[rule.name])}
        >
          <Input
            value={check[rule.name]}
            inputMode="numeric"
            onChange={({ detail }) => set({ [rule.name]: detail.value })}
          />
        </FormField>
      ))}
    </SpaceBetween>
  );
}

export function configure(name: string, check: TypedHealthCheck) {
  const input = { LoadBalancerName: name, HealthCheck: healthCheckInput(check) };
  return elb("configure-health-check", new ConfigureHealthCheckCommand(input));
}
