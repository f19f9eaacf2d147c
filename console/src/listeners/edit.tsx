/** The form of a listener that is there. */
import { type Listener, ModifyListenerCommand, type ProtocolEnum } from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { portError } from "../target-groups/naming";
import { EntranceFields } from "./listener-fields";
import { crumbsTo, listenerHref } from "./places";
import { listenerOf } from "./questions";
import { isSecureWrong, secureInput, type TypedSecure, typedSecure } from "./secure";
import { SecureFields } from "./secure-fields";

interface Typed {
  protocol: string;
  port: string;
  secure: TypedSecure;
}

export default function EditListener({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: listener, error: unread } = useAnswer(`listener ${arn}`, () => listenerOf(arn));
  // Only what was typed: what others change meanwhile is neither shown as ours nor sent.
  const [typed, setTyped] = useState<Partial<Omit<Typed, "secure">>>({});
  const [typedPart, setTypedPart] = useState<Partial<TypedSecure>>({});
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const before = listener && typedListener(listener);
  const after = before && { ...before, ...typed, secure: { ...before.secure, ...typedPart } };
  const input = before && after ? changes(before, after) : {};
  const isChanged = Object.keys(input).length > 0;
  const operation = elbv2("modify-listener", new ModifyListenerCommand({ ListenerArn: arn, ...input }));
  const isSecure = after?.protocol === "HTTPS";
  const isWrong = !after || portError(after.port) !== null || (isSecure && isSecureWrong(after.secure));
  const leave = () => go(listenerHref(arn));
  const save = async () => {
    setTried(true);
    if (isWrong || (isChanged && !(await run(operation.send)))) return;
    notify("success", `Successfully modified listener ${after.protocol}:${after.port}.`);
    leave();
  };
  return (
    <FormPage
      title="Edit listener"
      description="The default action is the last rule of the listener, and is edited there."
      breadcrumbs={[...crumbsTo(arn), { text: "Listener", href: listenerHref(arn) }]}
      isLoading={!after && !unread}
      error={error ?? unread}
      operations={isChanged ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      onCancel={leave}
      onSubmit={save}
    >
      {after && (
        <Container header={<Header variant="h2">Listener details</Header>}>
          <EntranceFields
            protocol={after.protocol}
            port={after.port}
            set={(part) => setTyped((old) => ({ ...old, ...part }))}
          />
        </Container>
      )}
      {isSecure && (
        <Container header={<Header variant="h2">Secure listener settings</Header>}>
          <SecureFields
            secure={after.secure}
            set={(part) => setTypedPart((old) => ({ ...old, ...part }))}
            isTried={isTried}
          />
        </Container>
      )}
    </FormPage>
  );
}

function typedListener(listener: Listener): Typed {
  return { protocol: listener.Protocol ?? "HTTP", port: String(listener.Port ?? ""), secure: typedSecure(listener) };
}

/** What is to be sent: only what differs. */
function changes(before: Typed, after: Typed) {
  const wasSecure = before.protocol === "HTTPS";
  return {
    ...(after.protocol !== before.protocol && { Protocol: after.protocol as ProtocolEnum }),
    ...(after.port !== before.port && { Port: Number(after.port) }),
    ...(after.protocol === "HTTPS" && secureInput(after.secure, wasSecure ? before.secure : undefined)),
  };
}
