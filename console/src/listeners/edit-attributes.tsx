/** The form of a listener's attributes. */
import { ModifyListenerAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { useState } from "react";
import { LISTENER_ATTRIBUTES } from "../attributes/listener";
import { listenerSections } from "../attributes/listener-words";
import { SectionsToEdit } from "../attributes/sections";
import { changed, isAnyRefused, type Values } from "../attributes/values";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { crumbsTo, listenerHref, listenerName } from "./places";
import { listenerOf, listenerValues } from "./questions";

export default function EditListenerAttributes({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: listener, error: unfound } = useAnswer(`listener ${arn}`, () => listenerOf(arn));
  const { value: before, error: unread } = useAnswer(`attributes ${arn}`, () => listenerValues(arn));
  const [typed, setTyped] = useState<Values>({});
  const { isRunning, error, run } = useChange();
  const name = listener ? listenerName(listener) : "Listener";
  const after = before && { ...before, ...typed };
  const changes = before && after ? changed(before, after) : [];
  const operation = elbv2(
    "modify-listener-attributes",
    new ModifyListenerAttributesCommand({ ListenerArn: arn, Attributes: changes }),
  );
  const leave = () => go(listenerHref(arn, "attributes"));
  const save = async () => {
    if (changes.length > 0 && !(await run(operation.send))) return;
    notify("success", `Successfully modified attributes of listener ${name}.`);
    leave();
  };
  return (
    <FormPage
      title="Edit listener attributes"
      breadcrumbs={[...crumbsTo(arn), { text: name, href: listenerHref(arn, "attributes") }]}
      isLoading={!(after && listener) && !unread && !unfound}
      error={error ?? unread ?? unfound}
      operations={changes.length > 0 ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={!after || isAnyRefused(LISTENER_ATTRIBUTES, after)}
      onCancel={leave}
      onSubmit={save}
    >
      {after && listener && (
        <SectionsToEdit
          sections={listenerSections(listener.Protocol)}
          table={LISTENER_ATTRIBUTES}
          values={after}
          set={(part) => setTyped((old) => ({ ...old, ...part }))}
        />
      )}
    </FormPage>
  );
}
