/** The order of a listener's rules, changed by dragging or by the keyboard. */
import { type Rule, SetRulePrioritiesCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import List from "@cloudscape-design/components/list";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { actionLines } from "./action-text";
import { crumbsTo, listenerHref } from "./places";
import { newPriorities } from "./priorities";
import { rulesOf } from "./questions";
import { conditionText } from "./typed-condition";

export default function Reprioritize({ parameters }: PageProps) {
  const listener = parameters["arn"] ?? "";
  const { value, error: unread } = useAnswer(`rules ${listener}`, () => rulesOf(listener));
  const [sorted, setSorted] = useState<readonly Rule[]>();
  const { isRunning, error, run } = useChange();
  const before = (value ?? []).filter(({ IsDefault }) => !IsDefault);
  const rules = sorted ?? before;
  const changes = newPriorities(before, rules);
  const operation = elbv2("set-rule-priorities", new SetRulePrioritiesCommand({ RulePriorities: changes }));
  const leave = () => go(listenerHref(listener));
  const save = async () => {
    if (changes.length > 0 && !(await run(operation.send))) return;
    notify("success", "Successfully changed the order of rules.");
    leave();
  };
  return (
    <FormPage
      title="Reprioritize rules"
      description="The rule on top is looked at first. Drag a rule by its handle, or press Space on the handle and move it with the arrow keys. Rules take over the numbers of the places that they move to."
      breadcrumbs={[...crumbsTo(listener), { text: "Listener", href: listenerHref(listener) }]}
      isLoading={!value && !unread}
      error={error ?? unread}
      operations={changes.length > 0 ? [operation] : []}
      submitText="Save changes"
      isSubmitting={isRunning}
      onCancel={leave}
      onSubmit={save}
    >
      <Container header={<Header variant="h2">Rules</Header>}>
        <List<Rule>
          ariaLabel="Rules"
          sortable
          items={rules}
          onSortingChange={({ detail }) => setSorted(detail.items)}
          renderItem={(rule) => ({
            id: rule.RuleArn ?? "",
            content: (
              <>
                <b>{before[rules.indexOf(rule)]?.Priority}</b>{" "}
                <span>{(rule.Conditions ?? []).map(conditionText).join(", and ")}</span>
              </>
            ),
            secondaryContent: actionLines(rule.Actions)
              .map(({ text }) => text)
              .join(", "),
            announcementLabel: `Rule ${rule.Priority ?? ""}`,
          })}
        />
      </Container>
    </FormPage>
  );
}
