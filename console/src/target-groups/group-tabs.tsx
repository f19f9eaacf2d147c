/** The tabs of a target group, on its page and below the table. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { AttributesTab } from "./attributes-tab";
import { GroupDetails } from "./group-details";
import { HealthCheckTab } from "./health-check-tab";
import { TagsTab } from "../tags/tags-tab";
import { TargetsTab } from "./targets-tab";

interface GroupTabsProps {
  group: TargetGroup;
  /** Whether the details are a tab; the page of a group has them on top. */
  withDetails?: boolean;
  tab?: string | undefined;
  onTab?: (tab: string) => void;
}

export function GroupTabs({ group, withDetails = false, tab, onTab }: GroupTabsProps) {
  const [chosen, setChosen] = useState(tab ?? (withDetails ? "details" : "targets"));
  const details = { id: "details", label: "Details", content: <GroupDetails group={group} /> };
  return (
    <Tabs
      ariaLabel="Target group"
      activeTabId={tab ?? chosen}
      onChange={({ detail }) => {
        setChosen(detail.activeTabId);
        onTab?.(detail.activeTabId);
      }}
      tabs={[
        ...(withDetails ? [details] : []),
        { id: "targets", label: "Targets", content: <TargetsTab group={group} /> },
        { id: "health-checks", label: "Health checks", content: <HealthCheckTab group={group} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab group={group} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={group.TargetGroupArn ?? ""} /> },
      ]}
    />
  );
}
