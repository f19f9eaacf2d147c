/** What the pages ask the API about Classic Load Balancers. */
import {
  DescribeInstanceHealthCommand,
  DescribeLoadBalancerAttributesCommand,
  DescribeLoadBalancerPoliciesCommand,
  DescribeLoadBalancersCommand,
  DescribeTagsCommand,
  type InstanceState,
  type LoadBalancerAttributes,
  type LoadBalancerDescription,
  type PolicyDescription,
} from "@aws-sdk/client-elastic-load-balancing";
import { sendClassic } from "../api/classic";
import { allPages } from "../api/pages";

/** Load balancers of one question. */
const PAGE_SIZE = 400;

export function allClassics(): Promise<LoadBalancerDescription[]> {
  return allPages(async (Marker) => {
    const page = await sendClassic(new DescribeLoadBalancersCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.LoadBalancerDescriptions, next: page.NextMarker };
  });
}

export async function classicOf(name: string): Promise<LoadBalancerDescription> {
  const { LoadBalancerDescriptions } = await sendClassic(
    new DescribeLoadBalancersCommand({ LoadBalancerNames: [name] }),
  );
  return LoadBalancerDescriptions?.[0] ?? {};
}

export async function instanceHealth(name: string): Promise<InstanceState[]> {
  const { InstanceStates } = await sendClassic(new DescribeInstanceHealthCommand({ LoadBalancerName: name }));
  return InstanceStates ?? [];
}

export async function classicAttributes(name: string): Promise<LoadBalancerAttributes> {
  const command = new DescribeLoadBalancerAttributesCommand({ LoadBalancerName: name });
  return (await sendClassic(command)).LoadBalancerAttributes ?? {};
}

export async function policiesOf(name: string): Promise<PolicyDescription[]> {
  const command = new DescribeLoadBalancerPoliciesCommand({ LoadBalancerName: name });
  return (await sendClassic(command)).PolicyDescriptions ?? [];
}

export async function classicTags(name: string) {
  const { TagDescriptions } = await sendClassic(new DescribeTagsCommand({ LoadBalancerNames: [name] }));
  return TagDescriptions?.[0]?.Tags ?? [];
}
