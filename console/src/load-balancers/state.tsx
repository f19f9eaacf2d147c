import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

export function State({ balancer: { State } }: { balancer: LoadBalancer }) {
  if (State?.Code === "active") return <StatusIndicator type="success">Active</StatusIndicator>;
  if (State?.Code === "provisioning") return <StatusIndicator type="in-progress">Provisioning</StatusIndicator>;
  return <StatusIndicator type="warning">{State?.Reason ?? State?.Code ?? "Unknown"}</StatusIndicator>;
}
