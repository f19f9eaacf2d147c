/** What the pages ask the API about load balancers and their listeners. */
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  type Listener,
  type LoadBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { allPages } from "../api/pages";
import { LOAD_BALANCER_ATTRIBUTES } from "../attributes/load-balancer";
import { type Values, valuesOf } from "../attributes/values";

/** Resources of one question. */
const PAGE_SIZE = 400;

export function allLoadBalancers(): Promise<LoadBalancer[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.LoadBalancers, next: page.NextMarker };
  });
}

export async function loadBalancer(arn: string): Promise<LoadBalancer> {
  const { LoadBalancers } = await send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  return LoadBalancers?.[0] ?? {};
}

export async function loadBalancerValues(arn: string): Promise<Values> {
  const { Attributes } = await send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
  return valuesOf(LOAD_BALANCER_ATTRIBUTES, Attributes);
}

export function listenersOf(arn: string): Promise<Listener[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeListenersCommand({ LoadBalancerArn: arn, PageSize: PAGE_SIZE, Marker }));
    return { items: page.Listeners, next: page.NextMarker };
  });
}
