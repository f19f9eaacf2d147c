/** What is told of a target group in several places. */
import type { TargetGroup, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
export const PLACE = "target-groups";
export const CRUMB = { text: "Target groups", href: `#/${PLACE}` };

type Edit = "edit-attributes" | "edit-health-check";

export const ACTIONS = [
  { id: "edit-health-check", text: "Edit health check settings" },
  { id: "edit-attributes", text: "Edit target group attributes" },
  { id: "delete", text: "Delete" },
];

export function isEdit(action: string): action is Edit {
  return action.startsWith("edit-");
}

export function groupHref(arn: string, tab?: string): string {
  return href([PLACE, arn], tab ? { tab } : {});
}

export function editHref(arn: string, what: Edit): string {
  return href([PLACE, arn, what]);
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
