/** The tabs of a Classic Load Balancer. */
import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { placeOfClassic } from "../metrics/metrics";
import { BalancerMonitoring } from "../metrics/monitoring-tab";
import { TagsTabOf } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { HealthCheckTab } from "./health-check-tab";
import { InstancesTab } from "./instances-tab";
import { ListenersTab } from "./listeners-tab";
import { PoliciesTab } from "./policies-tab";
import { ClassicSessions } from "./sessions-tab";
import { ClassicSummary } from "./summary";
import { taggedClassic } from "./tagged";

export function ClassicTabs({ balancer, ...place }: TabsPlace & { balancer: LoadBalancerDescription }) {
  const name = balancer.LoadBalancerName ?? "";
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Load balancer"
      details={<ClassicSummary balancer={balancer} />}
      tabs={[
        { id: "listeners", label: "Listeners", content: <ListenersTab balancer={balancer} /> },
        { id: "instances", label: "Target instances", content: <InstancesTab name={name} /> },
        { id: "sessions", label: "Sessions", content: <ClassicSessions balancer={balancer} /> },
        { id: "monitoring", label: "Monitoring", content: <BalancerMonitoring place={placeOfClassic(name)} /> },
        { id: "health-checks", label: "Health checks", content: <HealthCheckTab balancer={balancer} /> },
        { id: "policies", label: "Policies", content: <PoliciesTab balancer={balancer} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab name={name} /> },
        { id: "tags", label: "Tags", content: <TagsTabOf tagged={taggedClassic(name)} /> },
      ]}
    />
  );
}
