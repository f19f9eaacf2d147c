/** The tab Monitoring, of target groups and of load balancers of both kinds. */
import { Charts } from "./charts";
import { balancerMetrics, groupMetrics, type Place } from "./metrics";
import { balancerCharts, groupCharts } from "./series";

export function GroupMonitoring({ place }: { place: Place }) {
  return (
    <Charts
      title="Monitoring"
      description="What the targets did. The history begins with the server's start and goes back a day."
      name={place.join("/")}
      ask={(minutes) => groupMetrics(place, minutes)}
      charts={groupCharts}
    />
  );
}

export function BalancerMonitoring({ place }: { place: Place }) {
  return (
    <Charts
      title="Monitoring"
      description="What the load balancer did. The history begins with the server's start and goes back a day."
      name={place.join("/")}
      ask={(minutes) => balancerMetrics(place, minutes)}
      charts={balancerCharts}
    />
  );
}
