/** The tabs of a target group. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { TagsTab } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { GroupDetails } from "./group-details";
import { HealthCheckTab } from "./health-check-tab";
import { TargetsTab } from "./targets-tab";

export function GroupTabs({ group, ...place }: TabsPlace & { group: TargetGroup }) {
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Target group"
      details={<GroupDetails group={group} />}
      tabs={[
        { id: "targets", label: "Targets", content: <TargetsTab group={group} /> },
        { id: "health-checks", label: "Health checks", content: <HealthCheckTab group={group} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab group={group} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={group.TargetGroupArn ?? ""} /> },
      ]}
    />
  );
}
