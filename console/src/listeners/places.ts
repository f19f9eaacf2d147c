/** Addresses of the pages of a listener and its rules. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import { balancerHref, CRUMB, nameIn } from "../load-balancers/balancer";
import { href } from "../routing/route";

export function listenerHref(arn: string, tab?: string): string {
  return href(["listeners", arn], tab ? { tab } : {});
}

export function editListenerHref(arn: string): string {
  return href(["listeners", arn, "edit"]);
}

export function editListenerAttributesHref(arn: string): string {
  return href(["listeners", arn, "edit-attributes"]);
}

export function ruleHref(listener: string, what: "add-rule" | "reprioritize"): string {
  return href(["listeners", listener, what]);
}

export function editRuleHref(listener: string, rule: string): string {
  return href(["listeners", listener, "rules", rule]);
}

/** `HTTP:80`. */
export function listenerName({ Protocol, Port }: Listener): string {
  return `${Protocol ?? ""}:${Port ?? ""}`;
}

/** The ARN of the load balancer that is in a listener's: `…:listener/app/NAME/KEY/KEY`. */
export function balancerArn(listener: string): string {
  return listener.replace(":listener/", ":loadbalancer/").replace(/\/[^/]+$/, "");
}

export function crumbsTo(listener: string) {
  const balancer = balancerArn(listener);
  return [CRUMB, { text: nameIn(balancer), href: balancerHref(balancer, "listeners") }];
}
