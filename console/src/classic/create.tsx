/** The form of a new Classic Load Balancer with its first listener, its health check and its instances. */
import { CreateLoadBalancerCommand } from "@aws-sdk/client-elastic-load-balancing";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { elb } from "../commands/elb";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { CRUMB } from "../load-balancers/balancer";
import { go } from "../routing/route";
import { nameError } from "../target-groups/naming";
import { classicHref } from "./classic";
import { isHealthCheckWrong, newHealthCheck, type TypedHealthCheck } from "./health-check";
import { configure, HealthCheckFields } from "./health-check-tab";
import { idsIn, InstancesField, register } from "./instances-tab";
import { isListenerWrong, ListenerFields, listenerInput, NEW_LISTENER } from "./listener-fields";

const SCHEMES = [
  { value: "internet-facing", label: "Internet-facing", description: "Has a public DNS name." },
  { value: "internal", label: "Internal", description: "Has an internal DNS name." },
];

export default function CreateClassic() {
  const [typed, setTyped] = useState({ name: "", scheme: "internet-facing", subnets: "subnet-a, subnet-b", ids: "" });
  const [listener, setListener] = useState(NEW_LISTENER);
  const [typedCheck, setCheck] = useState<Partial<TypedHealthCheck>>({});
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const check = { ...newHealthCheck(listener.instanceProtocol, listener.instancePort), ...typedCheck };
  const [subnets, ids] = [idsIn(typed.subnets), idsIn(typed.ids)];
  const make = elb(
    "create-load-balancer",
    new CreateLoadBalancerCommand({
      LoadBalancerName: typed.name,
      Listeners: [listenerInput(listener)],
      ...(typed.scheme === "internal" && { Scheme: typed.scheme }),
      Subnets: subnets,
    }),
  );
  const operations = [make, configure(typed.name, check), ...(ids.length > 0 ? [register(typed.name, ids)] : [])];
  const wrongName = nameError(typed.name);
  const create = async () => {
    setTried(true);
    if (wrongName !== null || subnets.length === 0 || isListenerWrong(listener) || isHealthCheckWrong(check)) return;
    const isCreated = await run(async () => {
      // One that is there already from a try before, with the same settings, is answered as if it were new.
      for (const operation of operations) await operation.send();
    });
    if (!isCreated) return;
    notify("success", `Successfully created load balancer ${typed.name}.`);
    go(classicHref(typed.name, ids.length > 0 ? "listeners" : "instances"));
  };
  return (
    <FormPage
      title="Create Classic Load Balancer"
      description="Takes HTTP, HTTPS, TCP and SSL to instances. For rules and target groups, create an Application Load Balancer."
      breadcrumbs={[CRUMB]}
      error={error}
      operations={operations}
      submitText="Create load balancer"
      isSubmitting={isRunning}
      onCancel={() => go(CRUMB.href)}
      onSubmit={create}
    >
      <Container header={<Header variant="h2">Basic configuration</Header>}>
        <SpaceBetween size="l">
          <FormField
            label="Load balancer name"
            constraintText="Up to 32 letters, digits and hyphens; no hyphen at the beginning or end."
            errorText={isTried && wrongName}
          >
            <Input value={typed.name} onChange={({ detail }) => set({ name: detail.value })} spellcheck={false} />
          </FormField>
          <FormField label="Scheme" stretch>
            <RadioGroup value={typed.scheme} items={SCHEMES} onChange={({ detail }) => set({ scheme: detail.value })} />
          </FormField>
          <FormField
            label="Subnets"
            description="One for each zone that the load balancer is in: those of --zone, or names of your own."
            errorText={isTried && subnets.length === 0 && "Enter a subnet."}
          >
            <Input value={typed.subnets} onChange={({ detail }) => set({ subnets: detail.value })} spellcheck={false} />
          </FormField>
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Listeners and routing</Header>}>
        <ListenerFields
          listener={listener}
          set={(part) => setListener((old) => ({ ...old, ...part }))}
          isTried={isTried}
        />
      </Container>
      <Container header={<Header variant="h2">Health checks</Header>}>
        <HealthCheckFields check={check} set={(part) => setCheck((old) => ({ ...old, ...part }))} />
      </Container>
      <Container header={<Header variant="h2">Instances - optional</Header>}>
        <InstancesField text={typed.ids} set={(text) => set({ ids: text })} />
      </Container>
    </FormPage>
  );
}
