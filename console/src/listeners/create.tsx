/** The form of a new listener. */
import { CreateListenerCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { balancerHref, CRUMB, nameIn } from "../load-balancers/balancer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { isListenerWrong, ListenerFields, listenerInput, NEW_LISTENER, type TypedListener } from "./listener-fields";

export default function CreateListener({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const [typed, setTyped] = useState<TypedListener>(NEW_LISTENER);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const input = { LoadBalancerArn: arn, ...listenerInput(typed) };
  const operation = elbv2("create-listener", new CreateListenerCommand(input));
  const leave = () => go(balancerHref(arn, "listeners"));
  const create = async () => {
    setTried(true);
    if (isListenerWrong(typed) || !(await run(operation.send))) return;
    notify("success", `Successfully created listener ${typed.protocol}:${typed.port}.`);
    leave();
  };
  return (
    <FormPage
      title="Add listener"
      breadcrumbs={[CRUMB, { text: nameIn(arn), href: balancerHref(arn, "listeners") }]}
      error={error}
      operations={[operation]}
      submitText="Add listener"
      isSubmitting={isRunning}
      onCancel={leave}
      onSubmit={create}
    >
      <Container header={<Header variant="h2">Listener details</Header>}>
        <ListenerFields listener={typed} set={(part) => setTyped((old) => ({ ...old, ...part }))} isTried={isTried} />
      </Container>
    </FormPage>
  );
}
