/** What is told of a Classic Load Balancer in several places. */
import type { ListenerDescription, LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import { CRUMB } from "../load-balancers/balancer";
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
const PLACE = "classic-load-balancers";

export function classicHref(name: string, tab?: string): string {
  return href([PLACE, name], tab ? { tab } : {});
}

export function stickinessHref(name: string, port: number): string {
  return href([PLACE, name, "stickiness", String(port)]);
}

export function crumbsTo(name: string, tab: string) {
  return [CRUMB, { text: name, href: classicHref(name, tab) }];
}

export function portOf({ Listener }: ListenerDescription): number {
  return Listener?.LoadBalancerPort ?? 0;
}

/** `HTTP:80`, as clients see a listener. */
export function entranceOf({ Listener }: ListenerDescription): string {
  return `${Listener?.Protocol ?? "-"}:${Listener?.LoadBalancerPort ?? "-"}`;
}

/** `HTTP:9001`, as instances see it. */
export function exitOf({ Listener }: ListenerDescription): string {
  return `${Listener?.InstanceProtocol ?? Listener?.Protocol ?? "-"}:${Listener?.InstancePort ?? "-"}`;
}

/** Only what passes on requests, and not bytes, can know cookies. */
export function knowsCookies({ Listener }: ListenerDescription): boolean {
  return Listener?.Protocol === "HTTP" || Listener?.Protocol === "HTTPS";
}

export function listenerAt(balancer: LoadBalancerDescription, port: number): ListenerDescription | undefined {
  return balancer.ListenerDescriptions?.find((listener) => portOf(listener) === port);
}
