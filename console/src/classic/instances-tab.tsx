/** The instances of a Classic Load Balancer with their state; more are registered here, and some deregistered. */
import {
  DeregisterInstancesFromLoadBalancerCommand,
  type InstanceState,
  RegisterInstancesWithLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import { elb } from "../commands/elb";
import { Empty } from "../frame/empty";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { Problem } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import { instanceHealth } from "./questions";

export function InstancesTab({ name }: { name: string }) {
  const { value: states, error, isLoading } = useAnswer(`instances ${name}`, () => instanceHealth(name));
  const [chosen, setChosen] = useState<InstanceState[]>([]);
  const [isRegistering, setRegistering] = useState(false);
  const change = useChange();
  const deregister = async () => {
    const operation = elb(
      "deregister-instances-from-load-balancer",
      new DeregisterInstancesFromLoadBalancerCommand({
        LoadBalancerName: name,
        Instances: chosen.map(({ InstanceId }) => ({ InstanceId })),
      }),
    );
    if (!(await change.run(operation.send))) return;
    notify("success", `Deregistering ${counted(chosen.length)}.`);
    setChosen([]);
  };
  return (
    <>
      <Problem error={change.error ?? error} />
      <Table<InstanceState>
        items={states ?? []}
        loading={isLoading}
        loadingText="Loading instances"
        trackBy="InstanceId"
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        wrapLines
        ariaLabels={{
          tableLabel: "Target instances",
          selectionGroupLabel: "Selected instances",
          allItemsSelectionLabel: () => "All instances",
          itemSelectionLabel: (_, { InstanceId = "" }) => InstanceId,
        }}
        columnDefinitions={[
          { id: "id", header: "Instance ID", isRowHeader: true, cell: ({ InstanceId }) => InstanceId },
          { id: "state", header: "Health status", cell: ({ State }) => <Status state={State} /> },
          { id: "reason", header: "Reason", cell: ({ ReasonCode }) => ReasonCode ?? "-" },
          { id: "why", header: "Health status details", cell: ({ Description }) => Description ?? "-" },
        ]}
        header={
          <Header
            counter={states && `(${states.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} loading={change.isRunning} onClick={() => void deregister()}>
                  Deregister
                </Button>
                <Button variant="primary" onClick={() => setRegistering(true)}>
                  Register instances
                </Button>
              </SpaceBetween>
            }
          >
            Target instances
          </Header>
        }
        empty={
          <Empty
            title="No instances"
            text="Clients get 503 until there is one. Register an instance of the instance directory here, or by aws-cli:"
            operation={register(name, ["i-0a"])}
          >
            <Button onClick={() => setRegistering(true)}>Register instances</Button>
          </Empty>
        }
      />
      {isRegistering && <RegisterInstances name={name} close={() => setRegistering(false)} />}
    </>
  );
}

function RegisterInstances({ name, close }: { name: string; close: () => void }) {
  const [text, setText] = useState("");
  const { isRunning, error, run } = useChange();
  const ids = idsIn(text);
  const operation = register(name, ids);
  const submit = async () => {
    if (!(await run(operation.send))) return;
    notify("success", `Successfully registered ${counted(ids.length)}.`);
    close();
  };
  return (
    <FormDialog
      title="Register instances"
      submitText="Register instances"
      isSubmitting={isRunning}
      isDisabled={ids.length === 0}
      error={error}
      operations={ids.length > 0 ? [operation] : []}
      close={close}
      submit={submit}
    >
      <InstancesField text={text} set={setText} />
    </FormDialog>
  );
}

/** Instances as somebody types them: ids with space, commas or new lines between them. */
export function InstancesField({ text, set }: { text: string; set: (text: string) => void }) {
  return (
    <FormField
      label="Instance IDs"
      description="Of the instance directory, or of the EC2 endpoint that the server was started with."
    >
      <Textarea
        value={text}
        placeholder="i-0a, i-0b"
        rows={2}
        onChange={({ detail }) => set(detail.value)}
        spellcheck={false}
      />
    </FormField>
  );
}

export function idsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}

export function register(name: string, ids: string[]) {
  const Instances = ids.map((InstanceId) => ({ InstanceId }));
  const command = new RegisterInstancesWithLoadBalancerCommand({ LoadBalancerName: name, Instances });
  return elb("register-instances-with-load-balancer", command);
}

function Status({ state }: { state: string | undefined }) {
  if (state === "InService") return <StatusIndicator type="success">In service</StatusIndicator>;
  if (state === "OutOfService") return <StatusIndicator type="error">Out of service</StatusIndicator>;
  return <StatusIndicator type="info">{state ?? "Unknown"}</StatusIndicator>;
}

function counted(count: number): string {
  return count === 1 ? "1 instance" : `${count} instances`;
}
