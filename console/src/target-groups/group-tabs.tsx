/** The tabs of a target group. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { explainHref } from "../explain/explain";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { placeOfGroup } from "../metrics/metrics";
import { GroupMonitoring } from "../metrics/monitoring-tab";
import { SessionsTab } from "../sessions/sessions-tab";
import { TagsTab } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { GroupDetails } from "./group-details";
import { HealthCheckTab } from "./health-check-tab";
import { TargetsTab } from "./targets-tab";

export function GroupTabs({ group, ...place }: TabsPlace & { group: TargetGroup }) {
  const arn = group.TargetGroupArn ?? "";
  const metrics = placeOfGroup(arn);
  const balancer = group.LoadBalancerArns?.[0];
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Target group"
      details={<GroupDetails group={group} />}
      tabs={[
        { id: "targets", label: "Targets", content: <TargetsTab group={group} /> },
        {
          id: "sessions",
          label: "Sessions",
          content: <SessionsTab place={metrics} explainHref={explainHref(balancer ? { balancer } : {})} />,
        },
        { id: "monitoring", label: "Monitoring", content: <GroupMonitoring place={metrics} /> },
        { id: "health-checks", label: "Health checks", content: <HealthCheckTab group={group} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab group={group} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
