/** The tabs of a load balancer. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { ResourceTabs, type TabsPlace } from "../frame/resource-tabs";
import { MapTab } from "../map/map-tab";
import { placeOfBalancer } from "../metrics/metrics";
import { BalancerMonitoring } from "../metrics/monitoring-tab";
import { TagsTab } from "../tags/tags-tab";
import { AttributesTab } from "./attributes-tab";
import { BalancerDetails } from "./balancer-details";
import { ListenersTab } from "./listeners-tab";

export function BalancerTabs({ balancer, ...place }: TabsPlace & { balancer: LoadBalancer }) {
  const arn = balancer.LoadBalancerArn ?? "";
  return (
    <ResourceTabs
      {...place}
      ariaLabel="Load balancer"
      details={<BalancerDetails balancer={balancer} />}
      tabs={[
        { id: "listeners", label: "Listeners and rules", content: <ListenersTab arn={arn} /> },
        { id: "map", label: "Resource map", content: <MapTab arn={arn} /> },
        { id: "monitoring", label: "Monitoring", content: <BalancerMonitoring place={placeOfBalancer(arn)} /> },
        { id: "attributes", label: "Attributes", content: <AttributesTab arn={arn} /> },
        { id: "tags", label: "Tags", content: <TagsTab arn={arn} /> },
      ]}
    />
  );
}
