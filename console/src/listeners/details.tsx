/** One listener and its rules. */
import { DeleteRuleCommand, type Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Frame } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, href } from "../routing/route";
import { ActionView } from "./action-view";
import { crumbsTo, editRuleHref, listenerName, ruleHref } from "./places";
import { nextPriority } from "./priorities";
import { listenerOf, rulesOf } from "./questions";
import { conditionText } from "./typed-condition";

export default function ListenerDetails({ parameters }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: listener, error } = useAnswer(`listener ${arn}`, () => listenerOf(arn));
  const title = listener ? listenerName(listener) : "Listener";
  return (
    <Frame
      title={title}
      breadcrumbs={crumbsTo(arn)}
      content={
        <ContentLayout header={<Header variant="h1">{title}</Header>}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {listener && (
              <Container header={<Header variant="h2">Details</Header>}>
                <KeyValuePairs
                  columns={3}
                  items={[
                    { label: "Protocol:Port", value: title },
                    { label: "Security policy", value: listener.SslPolicy ?? "Not applicable" },
                    {
                      label: "Default SSL/TLS certificate",
                      value: listener.Certificates?.[0]?.CertificateArn ?? "Not applicable",
                    },
                    { label: "Listener ARN", value: arn },
                  ]}
                />
              </Container>
            )}
            <Rules listener={arn} />
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}

function Rules({ listener }: { listener: string }) {
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
          { id: "actions", header: "Actions (Then)", cell: ({ Actions }) => <ActionView actions={Actions} /> },
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

function conditionsOf({ IsDefault, Conditions }: Rule) {
  if (IsDefault) return "If no other rule applies";
  return (Conditions ?? []).map((condition) => {
    const text = conditionText(condition);
    return <div key={text}>{text}</div>;
  });
}
