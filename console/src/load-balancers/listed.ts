/** Load balancers of both kinds, as the table lists them. */
import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { classicHref } from "../classic/classic";
import { allClassics } from "../classic/questions";
import { addressTypeOf, balancerHref, schemeOf, zonesOf } from "./balancer";
import { allLoadBalancers } from "./questions";

/** What both kinds have, in words; and the load balancer itself. */
export type Listed = {
  /** The ARN, and for a classic one, which has none, its name behind `classic/`. */
  id: string;
  name: string;
  href: string;
  scheme: string;
  addressType: string;
  vpc: string;
  zones: string;
  dns: string;
  created: string;
} & ({ type: "application"; balancer: LoadBalancer } | { type: "classic"; balancer: LoadBalancerDescription });

export async function allListed(): Promise<Listed[]> {
  const [applications, classics] = await Promise.all([allLoadBalancers(), allClassics()]);
  return [...applications.map(listed), ...classics.map(listedClassic)];
}

function listed(balancer: LoadBalancer): Listed {
  const { LoadBalancerArn = "", LoadBalancerName = "" } = balancer;
  return {
    id: LoadBalancerArn,
    name: LoadBalancerName,
    href: balancerHref(LoadBalancerArn),
    type: "application",
    scheme: schemeOf(balancer),
    addressType: addressTypeOf(balancer),
    vpc: balancer.VpcId ?? "-",
    zones: zonesOf(balancer),
    dns: balancer.DNSName ?? "-",
    created: balancer.CreatedTime?.toLocaleString() ?? "-",
    balancer,
  };
}

function listedClassic(balancer: LoadBalancerDescription): Listed {
  const { LoadBalancerName = "" } = balancer;
  return {
    id: `classic/${LoadBalancerName}`,
    name: LoadBalancerName,
    href: classicHref(LoadBalancerName),
    type: "classic",
    scheme: schemeOf(balancer),
    addressType: "IPv4",
    vpc: balancer.VPCId ?? "-",
    zones: balancer.AvailabilityZones?.join(", ") ?? "-",
    dns: balancer.DNSName ?? "-",
    created: balancer.CreatedTime?.toLocaleString() ?? "-",
    balancer,
  };
}
