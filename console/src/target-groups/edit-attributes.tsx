/** The form of a target group's attributes, stickiness first. */
import { ModifyTargetGroupAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { SectionsToEdit } from "../attributes/sections";
import { nameRefusal } from "../attributes/stickiness";
import { TARGET_GROUP_ATTRIBUTES } from "../attributes/target-group";
import { TARGET_GROUP_SECTIONS } from "../attributes/target-group-words";
import { changed, defaults, isAnyRefused, type Values } from "../attributes/values";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { CRUMB, groupHref } from "./group";
import { targetGroupValues } from "./questions";
import { StickinessFields } from "./stickiness-fields";

export default function EditAttributes({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const name = arn.split("/")[1] ?? arn;
  const { value: before, error: unread } = useAnswer(`attributes ${arn}`, () => targetGroupValues(arn));
  // Only what was typed: what others change meanwhile is neither shown as ours nor sent.
  const [typed, setTyped] = useState<Values>({});
  const { isRunning, error, run } = useChange();
  const after = before && { ...before, ...typed };
  const changes = before && after ? changed(before, after) : [];
  const operation = elbv2(
    "modify-target-group-attributes",
    new ModifyTargetGroupAttributesCommand({ TargetGroupArn: arn, Attributes: changes }),
  );
  const isRefused = after && (isAnyRefused(TARGET_GROUP_ATTRIBUTES, after) || nameRefusal(after));
  const set = (part: Values) => setTyped((old) => ({ ...old, ...part }));
  const leave = () => go(groupHref(arn, "attributes"));
  const save = async () => {
    if (changes.length > 0 && !(await run(operation.send))) return;
    notify("success", `Successfully modified attributes of target group ${name}.`);
    leave();
  };
  return (
    <FormPage
      title="Edit target group attributes"
      breadcrumbs={[CRUMB, { text: name, href: groupHref(arn, "attributes") }]}
      isLoading={!after && !unread}
      error={error ?? unread}
      operations={changes.length > 0 ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      isDisabled={!after || Boolean(isRefused)}
      onCancel={leave}
      onSubmit={save}
      secondaryActions={<Button onClick={() => setTyped(defaults(TARGET_GROUP_ATTRIBUTES))}>Restore defaults</Button>}
    >
      {after && (
        <SpaceBetween size="l">
          <StickinessFields values={after} set={set} />
          <SectionsToEdit sections={TARGET_GROUP_SECTIONS} table={TARGET_GROUP_ATTRIBUTES} values={after} set={set} />
        </SpaceBetween>
      )}
    </FormPage>
  );
}
