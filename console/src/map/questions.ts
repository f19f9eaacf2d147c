/** What the map asks the API. */
import { allPages } from "../api/pages";
import { send } from "../api/client";
import { DescribeTargetGroupsCommand, type TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { rulesOf } from "../listeners/questions";
import { listenersOf } from "../load-balancers/questions";
import { placeOfGroup } from "../metrics/metrics";
import { sessionsOf } from "../sessions/sessions";
import { targetHealth } from "../target-groups/questions";
import type { Known } from "./resource-map";

export async function mapOf(balancer: string): Promise<Known> {
  const [listeners, groups] = await Promise.all([listenersWithRules(balancer), groupsWithHealth(balancer)]);
  return { listeners, groups };
}

async function listenersWithRules(balancer: string) {
  const listeners = await listenersOf(balancer);
  const withRules = listeners.map(async (listener) => ({ listener, rules: await rulesOf(listener.ListenerArn ?? "") }));
  const all = await Promise.all(withRules);
  return all.toSorted((a, b) => (a.listener.Port ?? 0) - (b.listener.Port ?? 0));
}

async function groupsWithHealth(balancer: string) {
  const groups = await allPages<TargetGroup>(async (Marker) => {
    const page = await send(new DescribeTargetGroupsCommand({ LoadBalancerArn: balancer, Marker }));
    return { items: page.TargetGroups, next: page.NextMarker };
  });
  return Promise.all(
    groups.map(async (group) => {
      const arn = group.TargetGroupArn ?? "";
      // A map without rates is still one.
      const load = sessionsOf(placeOfGroup(arn)).catch(() => undefined);
      return { group, health: await targetHealth(arn), load: await load };
    }),
  );
}
