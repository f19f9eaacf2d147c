/** The form of a target group's attributes, stickiness first. */
import { ModifyTargetGroupAttributesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { refusal } from "../attributes/kind";
import { nameRefusal } from "../attributes/stickiness";
import { attribute, changed, defaults, type Values } from "../attributes/target-group";
import { type Section, SECTIONS } from "../attributes/words";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { AttributeField } from "./attribute-field";
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
  const isRefused = after && (Object.entries(after).some(([key, value]) => isWrong(key, value)) || nameRefusal(after));
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
      secondaryActions={<Button onClick={() => setTyped(defaults())}>Restore defaults</Button>}
    >
      {after && (
        <SpaceBetween size="l">
          <StickinessFields values={after} set={set} />
          {SECTIONS.map((section) => (
            <SectionFields key={section.title} section={section} values={after} set={set} />
          ))}
        </SpaceBetween>
      )}
    </FormPage>
  );
}

function SectionFields(props: { section: Section; values: Values; set: (part: Values) => void }) {
  const { section, values, set } = props;
  return (
    <Container
      header={
        <Header variant="h2" description={section.description}>
          {section.title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {Object.entries(section.fields).map(([key, words]) => (
          <AttributeField
            key={key}
            name={key}
            words={words}
            value={values[key] ?? ""}
            onChange={(value) => set({ [key]: value })}
          />
        ))}
      </SpaceBetween>
    </Container>
  );
}

/** Attributes that this console does not know yet are left to the API. */
function isWrong(key: string, value: string): boolean {
  const known = key in defaults() ? attribute(key) : null;
  return known !== null && refusal(known, value) !== null;
}
