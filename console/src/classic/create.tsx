/** The form of a new Classic Load Balancer with its first listener, its health check and its instances. */
import { CreateLoadBalancerCommand } from "@aws-sdk/client-elastic-load-balancing";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { elb } from "../commands/elb";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { CRUMB } from "../load-balancers/balancer";
import { areBasicsWrong, NameAndScheme, NEW_BASICS, SubnetsField, subnetsIn } from "../load-balancers/basic-fields";
import { go } from "../routing/route";
import { classicHref } from "./classic";
import { isHealthCheckWrong, newHealthCheck, type TypedHealthCheck } from "./health-check";
import { configure, HealthCheckFields } from "./health-check-tab";
import { idsIn, InstancesField, register } from "./instances-tab";
import { isListenerWrong, ListenerFields, listenerInput, NEW_LISTENER } from "./listener-fields";

export default function CreateClassic() {
  const [typed, setTyped] = useState({ ...NEW_BASICS, ids: "" });
  const [listener, setListener] = useState(NEW_LISTENER);
  const [typedCheck, setCheck] = useState<Partial<TypedHealthCheck>>({});
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const set = (part: Partial<typeof typed>) => setTyped((old) => ({ ...old, ...part }));
  const check = { ...newHealthCheck(listener.instanceProtocol, listener.instancePort), ...typedCheck };
  const ids = idsIn(typed.ids);
  const make = elb(
    "create-load-balancer",
    new CreateLoadBalancerCommand({
      LoadBalancerName: typed.name,
      Listeners: [listenerInput(listener)],
      ...(typed.scheme === "internal" && { Scheme: typed.scheme }),
      Subnets: subnetsIn(typed),
    }),
  );
  const operations = [make, configure(typed.name, check), ...(ids.length > 0 ? [register(typed.name, ids)] : [])];
  const create = async () => {
    setTried(true);
    if (areBasicsWrong(typed) || isListenerWrong(listener) || isHealthCheckWrong(check)) return;
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
          <NameAndScheme typed={typed} set={set} isTried={isTried} />
          <SubnetsField typed={typed} set={set} isTried={isTried} />
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
