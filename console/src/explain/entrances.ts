/** The listeners that requests can come to, of load balancers of both kinds. */
import { knowsCookies, portOf } from "../classic/classic";
import { listenersOf } from "../load-balancers/questions";
import { allListed, type Listed } from "../load-balancers/listed";
import type { Entrance } from "./explain";

export { allListed as allBalancers };

export async function entrancesOf(listed: Listed): Promise<Entrance[]> {
  if (listed.type === "classic") {
    const own = (listed.balancer.ListenerDescriptions ?? []).filter(knowsCookies);
    return own.map((listener) => ({ balancer: listed.name, port: portOf(listener) }));
  }
  const listeners = await listenersOf(listed.id);
  return listeners.map(({ ListenerArn = "", Port = 0 }) => ({ balancer: listed.name, port: Port, arn: ListenerArn }));
}
