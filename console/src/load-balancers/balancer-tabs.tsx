/** The tabs of a load balancer, on its page and below the table. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { MapTab } from "../map/map-tab";
import { TagsTab } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { BalancerDetails } from "./balancer-details";
import { ListenersTab } from "./listeners-tab";

interface BalancerTabsProps {
  balancer: LoadBalancer;
  /** Whether the details are a tab; the page of a load balancer has them on top. */
  withDetails?: boolean;
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

export function BalancerTabs({ balancer, withDetails = false, tab, onTab }: BalancerTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : "listeners"));
  const arn = balancer.LoadBalancerArn ?? "";
  const details = { id: "details", label: "Details", content: <BalancerDetails balancer={balancer} /> };
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
        { id: "listeners", label: "Listeners and rules", content: <ListenersTab arn={arn} /> },
        { id: "map", label: "Resource map", content: <MapTab arn={arn} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
