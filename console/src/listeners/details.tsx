/** One listener: what it is, its rules, and how it is encrypted. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { Frame, Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { balancerHref } from "../load-balancers/balancer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { TagsTab } from "../tags/tags-tab";
import { CertificatesTab } from "./certificates-tab";
import { DeleteListener } from "./delete";
import { ListenerSummary } from "./listener-summary";
import { balancerArn, crumbsTo, editListenerHref, listenerHref, listenerName } from "./places";
import { listenerOf } from "./questions";
import { RulesTab } from "./rules-tab";
import { SecurityTab } from "./security-tab";

const ACTIONS = [
  { id: "edit", text: "Edit listener" },
  { id: "delete", text: "Delete listener" },
];

export default function ListenerDetails({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: listener, error, isLoading, refresh } = useAnswer(`listener ${arn}`, () => listenerOf(arn));
  const [isDeleting, setDeleting] = useState(false);
  const title = listener ? listenerName(listener) : "Listener";
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!listener}
            items={ACTIONS}
            onItemClick={({ detail: { id } }) => (id === "edit" ? go(editListenerHref(arn)) : setDeleting(true))}
          >
            Actions
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
  return (
    <Frame
      title={title}
      breadcrumbs={crumbsTo(arn)}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {listener && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Details</Header>}>
                  <ListenerSummary listener={listener} />
                </Container>
                <ListenerTabs listener={listener} tab={query["tab"] ?? "rules"} />
              </SpaceBetween>
            )}
            {isDeleting && listener && (
              <DeleteListener
                listener={listener}
                close={() => setDeleting(false)}
                deleted={() => go(balancerHref(balancerArn(arn), "listeners"))}
              />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}

function ListenerTabs({ listener, tab }: { listener: Listener; tab: string }) {
  const arn = listener.ListenerArn ?? "";
  const secure = [
    { id: "certificates", label: "Certificates", content: <CertificatesTab listener={arn} /> },
    { id: "security", label: "Security", content: <SecurityTab listener={listener} /> },
  ];
  return (
    <Tabs
      ariaLabel="Listener"
      activeTabId={tab}
      onChange={({ detail }) => goInstead(listenerHref(arn, detail.activeTabId))}
      tabs={[
        { id: "rules", label: "Rules", content: <RulesTab listener={arn} /> },
        ...(listener.Protocol === "HTTPS" ? secure : []),
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
