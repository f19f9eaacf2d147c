/** What the pages ask the API about load balancers and their listeners. */
import {
  DescribeListenersCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancersCommand,
  type Listener,
  type LoadBalancer,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { LOAD_BALANCER_ATTRIBUTES } from "../attributes/load-balancer";
import { type Values, valuesOf } from "../attributes/values";

/** Resources of one question. */
const PAGE_SIZE = 400;

export async function allLoadBalancers(): Promise<LoadBalancer[]> {
  const balancers: LoadBalancer[] = [];
  let Marker: string | undefined;
  do {
    const page = await send(new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker }));
    balancers.push(...(page.LoadBalancers ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return balancers;
}

export async function loadBalancer(arn: string): Promise<LoadBalancer> {
  const { LoadBalancers } = await send(new DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }));
  return LoadBalancers?.[0] ?? {};
}

export async function loadBalancerValues(arn: string): Promise<Values> {
  const { Attributes } = await send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn: arn }));
  return valuesOf(LOAD_BALANCER_ATTRIBUTES, Attributes);
}

export async function listenersOf(arn: string): Promise<Listener[]> {
  const listeners: Listener[] = [];
  let Marker: string | undefined;
  do {
    const page = await send(new DescribeListenersCommand({ LoadBalancerArn: arn, PageSize: PAGE_SIZE, Marker }));
    listeners.push(...(page.Listeners ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return listeners;
}
