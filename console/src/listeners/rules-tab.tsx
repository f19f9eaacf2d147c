/** The rules of a listener, in the order in which they are looked at. */
import { DeleteRuleCommand, type Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { go, href } from "../routing/route";
import { ActionView } from "./action-view";
import { editRuleHref, ruleHref } from "./places";
import { nextPriority } from "./priorities";
import { rulesOf } from "./questions";
import { conditionText } from "./typed-condition";
import { transformLines } from "./typed-transforms";

export function RulesTab({ listener }: { listener: string }) {
  const { value: rules, error, isLoading } = useAnswer(`rules ${listener}`, () => rulesOf(listener));
  const [chosen, setChosen] = useState<Rule>();
  const [isDeleting, setDeleting] = useState(false);
  const add = href(["listeners", listener, "add-rule"], { priority: String(nextPriority(rules ?? [])) });
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!chosen || chosen.IsDefault === true} onClick={() => setDeleting(true)}>
        Delete rule
      </Button>
      <Button disabled={!chosen} onClick={() => go(editRuleHref(listener, chosen?.RuleArn ?? ""))}>
        Edit rule
      </Button>
      <Button disabled={(rules?.length ?? 0) < 3} onClick={() => go(ruleHref(listener, "reprioritize"))}>
        Reprioritize rules
      </Button>
      <Button variant="primary" disabled={!rules} onClick={() => go(add)}>
        Add rule
      </Button>
    </SpaceBetween>
  );
  return (
    <>
      <Problem error={error} />
      <Table<Rule>
        items={rules ?? []}
        loading={isLoading}
        loadingText="Loading rules"
        trackBy="RuleArn"
        selectionType="single"
        selectedItems={chosen ? [chosen] : []}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0])}
        wrapLines
        ariaLabels={{
          tableLabel: "Rules",
          selectionGroupLabel: "Selected rule",
          itemSelectionLabel: (_, rule) => priorityOf(rule),
        }}
        columnDefinitions={[
          { id: "priority", header: "Priority", isRowHeader: true, cell: priorityOf },
          { id: "conditions", header: "Conditions (If)", cell: conditionsOf },
          { id: "actions", header: "Actions (Then)", cell: actionsOf },
        ]}
        header={
          <Header counter={rules && `(${rules.length})`} actions={actions}>
            Listener rules
          </Header>
        }
      />
      {isDeleting && chosen && (
        <ConfirmDelete
          what="rule"
          name={priorityOf(chosen)}
          operation={elbv2("delete-rule", new DeleteRuleCommand({ RuleArn: chosen.RuleArn }))}
          close={() => setDeleting(false)}
          deleted={() => setChosen(undefined)}
        >
          Requests that met it go on to the next one.
        </ConfirmDelete>
      )}
    </>
  );
}

function priorityOf({ IsDefault, Priority }: Rule): string {
  return IsDefault ? "Last (default)" : (Priority ?? "-");
}

function actionsOf({ Actions, Transforms }: Rule) {
  return (
    <>
      <ActionView actions={Actions} />
      {transformLines(Transforms).map((text) => (
        <div key={text}>{text}</div>
      ))}
    </>
  );
}

function conditionsOf({ IsDefault, Conditions }: Rule) {
  if (IsDefault) return "If no other rule applies";
  return (Conditions ?? []).map((condition) => {
    const text = conditionText(condition);
    return <div key={text}>{text}</div>;
  });
}
