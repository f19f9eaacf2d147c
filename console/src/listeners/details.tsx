/** One listener: what it is, its rules, and how it is encrypted. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import Tabs from "@cloudscape-design/components/tabs";
import { explainHref } from "../explain/explain";
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import { balancerHref } from "../load-balancers/balancer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { TagsTab } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { CertificatesTab } from "./certificates-tab";
import { DeleteListener } from "./delete";
import { ListenerSummary } from "./listener-summary";
import { balancerArn, crumbsTo, editListenerHref, listenerHref, listenerName } from "./places";
import { listenerOf } from "./questions";
import { RulesTab } from "./rules-tab";
import { SecurityTab } from "./security-tab";

const ACTIONS = [
  { id: "explain", text: "Explain a request" },
  { id: "edit", text: "Edit listener" },
  { id: "delete", text: "Delete listener" },
];

export default function ListenerDetails({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const answer = useAnswer(`listener ${arn}`, () => listenerOf(arn));
  return (
    <DetailsPage
      title={answer.value ? listenerName(answer.value) : "Listener"}
      breadcrumbs={crumbsTo(arn)}
      answer={answer}
      actions={ACTIONS}
      onAction={(action) => {
        const explained = explainHref({ balancer: balancerArn(arn), port: answer.value?.Port ?? 0 });
        go(action === "explain" ? explained : editListenerHref(arn));
      }}
      summary={(listener) => <ListenerSummary listener={listener} />}
      tabs={(listener) => <ListenerTabs listener={listener} tab={query["tab"] ?? "rules"} />}
      deleting={(listener, close) => (
        <DeleteListener
          listener={listener}
          close={close}
          deleted={() => go(balancerHref(balancerArn(arn), "listeners"))}
        />
      )}
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
        { id: "attributes", label: "Attributes", content: <AttributesTab listener={listener} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
