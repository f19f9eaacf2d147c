/** The form of a new Application Load Balancer with its first listener. */
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  type LoadBalancerSchemeEnum,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
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
import { balancerHref, CRUMB } from "./balancer";
import { areBasicsWrong, NameAndScheme, NEW_BASICS, SubnetsField, subnetsIn } from "./basic-fields";

const KEEPS = { variable: "LB", query: "LoadBalancers[0].LoadBalancerArn" };

export default function CreateLoadBalancer() {
  const [typed, setTyped] = useState(NEW_BASICS);
  const [listener, setListener] = useState<TypedListener>(NEW_LISTENER);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const balancerInput = {
    Name: typed.name,
    ...(typed.scheme === "internal" && { Scheme: typed.scheme as LoadBalancerSchemeEnum }),
    Subnets: subnetsIn(typed),
  };
  const makeBalancer = elbv2("create-load-balancer", new CreateLoadBalancerCommand(balancerInput));
  const makeListener = (arn: string) =>
    elbv2("create-listener", new CreateListenerCommand({ LoadBalancerArn: arn, ...listenerInput(listener) }));
  const create = async () => {
    setTried(true);
    if (areBasicsWrong(typed) || isListenerWrong(listener)) return;
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
        <NameAndScheme typed={typed} set={set} isTried={isTried} />
      </Container>
      <Container header={<Header variant="h2">Network mapping</Header>}>
        <SubnetsField typed={typed} set={set} isTried={isTried} />
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
