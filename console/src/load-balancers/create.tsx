/** The form of a new Application Load Balancer with its first listener. */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  type LoadBalancerSchemeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { elbv2, variable } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import {
  isListenerWrong,
  ListenerFields,
  listenerInput,
  NEW_LISTENER,
  type TypedListener,
} from "../listeners/listener-fields";
import { go } from "../routing/route";
import { nameError } from "../target-groups/naming";
import { balancerHref, CRUMB } from "./balancer";

const KEEPS = { variable: "LB", query: "LoadBalancers[0].LoadBalancerArn" };
const SCHEMES: { value: LoadBalancerSchemeEnum; label: string; description: string }[] = [
  { value: "internet-facing", label: "Internet-facing", description: "Has a public DNS name." },
  { value: "internal", label: "Internal", description: "Has an internal DNS name." },
];

export default function CreateLoadBalancer() {
  const [typed, setTyped] = useState({ name: "", scheme: "internet-facing", subnets: "subnet-a, subnet-b" });
  const [listener, setListener] = useState<TypedListener>(NEW_LISTENER);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const subnets = typed.subnets.split(/[\s,]+/).filter(Boolean);
  const balancerInput = {
    Name: typed.name,
    ...(typed.scheme === "internal" && { Scheme: typed.scheme as LoadBalancerSchemeEnum }),
    Subnets: subnets,
  };
  const makeBalancer = elbv2("create-load-balancer", new CreateLoadBalancerCommand(balancerInput));
  const makeListener = (arn: string) =>
    elbv2("create-listener", new CreateListenerCommand({ LoadBalancerArn: arn, ...listenerInput(listener) }));
  const wrongName = nameError(typed.name);
  const create = async () => {
    setTried(true);
    if (wrongName !== null || subnets.length === 0 || isListenerWrong(listener)) return;
    let arn = "";
    const isCreated = await run(async () => {
      // One that is there already from a try before, with the same settings, is answered as if it were new.
      arn = (await makeBalancer.send()).LoadBalancers?.[0]?.LoadBalancerArn ?? "";
      await makeListener(arn).send();
    });
    if (!isCreated) return;
    notify("success", `Successfully created load balancer ${typed.name}.`);
    go(balancerHref(arn, "listeners"));
  };
  return (
    <FormPage
      title="Create Application Load Balancer"
      description="Takes HTTP and HTTPS requests to targets, by rules and with sticky sessions."
      breadcrumbs={[CRUMB]}
      error={error}
      operations={[{ ...makeBalancer, keeps: KEEPS }, makeListener(variable(KEEPS.variable))]}
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
        </SpaceBetween>
      </Container>
      <Container header={<Header variant="h2">Network mapping</Header>}>
        <FormField
          label="Subnets"
          description="One for each zone that the load balancer is in: those of --zone, or names of your own."
          errorText={isTried && subnets.length === 0 && "Enter a subnet."}
        >
          <Input value={typed.subnets} onChange={({ detail }) => set({ subnets: detail.value })} spellcheck={false} />
        </FormField>
      </Container>
      <Container header={<Header variant="h2">Listeners and routing</Header>}>
        <ListenerFields
          listener={listener}
          set={(part) => setListener((old) => ({ ...old, ...part }))}
          isTried={isTried}
        />
      </Container>
    </FormPage>
  );
}
