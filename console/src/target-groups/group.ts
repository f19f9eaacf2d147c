/** What is told of a target group in several places. */
import type { TargetGroup, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { href } from "../routing/route";

export const CRUMB = { text: "Target groups", href: "#/target-groups" };

export function groupHref(arn: string, tab?: string): string {
  return href(["target-groups", arn], tab ? { tab } : {});
}

export function editHref(arn: string, what: "edit-attributes" | "edit-health-check"): string {
  return href(["target-groups", arn, what]);
}

/** The name of a load balancer in its ARN. */
export function balancerNames(group: TargetGroup): string {
  const names = (group.LoadBalancerArns ?? []).map((arn) => arn.split("/")[2] ?? arn);
  return names.length > 0 ? names.join(", ") : "None associated";
}

export const TARGET_TYPES: Record<string, string> = {
  instance: "Instance",
  ip: "IP",
  alb: "Application Load Balancer",
  lambda: "Lambda",
};

export function targetTypeOf(group: TargetGroup): string {
  return TARGET_TYPES[group.TargetType ?? ""] ?? group.TargetType ?? "-";
}

export type State = "healthy" | "unhealthy" | "unused" | "initial" | "draining" | "unavailable" | "unhealthy.draining";

/** How many targets are in each state. */
export function countStates(health: TargetHealthDescription[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { TargetHealth } of health) {
    const state = TargetHealth?.State ?? "unused";
    counts.set(state, (counts.get(state) ?? 0) + 1);
  }
  return counts;
}

export function protocolOf({ Protocol, Port }: TargetGroup): string {
  return Protocol === undefined ? "-" : `${Protocol}: ${Port ?? "-"}`;
}
