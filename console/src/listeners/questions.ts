/** What the pages ask the API about a listener and its rules. */
import {
  type Certificate,
  DescribeListenerAttributesCommand,
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeRulesCommand,
  DescribeSSLPoliciesCommand,
  DescribeTrustStoresCommand,
  type Listener,
  type Rule,
  type SslPolicy,
  type TrustStore,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { send } from "../api/client";
import { allPages } from "../api/pages";
import { LISTENER_ATTRIBUTES } from "../attributes/listener";
import { type Values, valuesOf } from "../attributes/values";

/** Resources of one question. */
const PAGE_SIZE = 400;

export async function listenerOf(arn: string): Promise<Listener> {
  const { Listeners } = await send(new DescribeListenersCommand({ ListenerArns: [arn] }));
  return Listeners?.[0] ?? {};
}

export async function listenerValues(arn: string): Promise<Values> {
  const { Attributes } = await send(new DescribeListenerAttributesCommand({ ListenerArn: arn }));
  return valuesOf(LISTENER_ATTRIBUTES, Attributes);
}

/** In the order in which they are looked at; the default is the last. */
export async function rulesOf(arn: string): Promise<Rule[]> {
  const rules = await allPages(async (Marker) => {
    const page = await send(new DescribeRulesCommand({ ListenerArn: arn, PageSize: PAGE_SIZE, Marker }));
    return { items: page.Rules, next: page.NextMarker };
  });
  return rules.toSorted((a, b) => order(a) - order(b));
}

/** The default one is the first. */
export function certificatesOf(arn: string): Promise<Certificate[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeListenerCertificatesCommand({ ListenerArn: arn, PageSize: PAGE_SIZE, Marker }));
    return { items: page.Certificates, next: page.NextMarker };
  });
}

export function securityPolicies(): Promise<SslPolicy[]> {
  return allPages(async (Marker) => {
    const page = await send(
      new DescribeSSLPoliciesCommand({ LoadBalancerType: "application", PageSize: PAGE_SIZE, Marker }),
    );
    return { items: page.SslPolicies, next: page.NextMarker };
  });
}

export function trustStores(): Promise<TrustStore[]> {
  return allPages(async (Marker) => {
    const page = await send(new DescribeTrustStoresCommand({ PageSize: PAGE_SIZE, Marker }));
    return { items: page.TrustStores, next: page.NextMarker };
  });
}

function order({ Priority = "" }: Rule): number {
  return Priority === "default" ? Infinity : Number(Priority);
}
