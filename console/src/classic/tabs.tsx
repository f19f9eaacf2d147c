/** The tabs of a Classic Load Balancer, on its page and below the table. */
import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { TagsTabOf } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { HealthCheckTab } from "./health-check-tab";
import { InstancesTab } from "./instances-tab";
import { ListenersTab } from "./listeners-tab";
import { PoliciesTab } from "./policies-tab";
import { ClassicSummary } from "./summary";
import { taggedClassic } from "./tagged";

interface ClassicTabsProps {
  balancer: LoadBalancerDescription;
  /** Whether the details are a tab; the page of a load balancer has them on top. */
  withDetails?: boolean;
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

export function ClassicTabs({ balancer, withDetails = false, tab, onTab }: ClassicTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : "listeners"));
  const name = balancer.LoadBalancerName ?? "";
  const details = { id: "details", label: "Details", content: <ClassicSummary balancer={balancer} /> };
  return (
    <Tabs
      ariaLabel="Load balancer"
      activeTabId={tab ?? chosen}
      onChange={({ detail }) => {
        setChosen(detail.activeTabId);
        onTab?.(detail.activeTabId);
      }}
      tabs={[
        ...(withDetails ? [details] : []),
        { id: "listeners", label: "Listeners", content: <ListenersTab balancer={balancer} /> },
        { id: "instances", label: "Target instances", content: <InstancesTab name={name} /> },
        { id: "health-checks", label: "Health checks", content: <HealthCheckTab balancer={balancer} /> },
        { id: "policies", label: "Policies", content: <PoliciesTab balancer={balancer} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab name={name} /> },
        { id: "tags", label: "Tags", content: <TagsTabOf tagged={taggedClassic(name)} /> },
      ]}
    />
  );
}
