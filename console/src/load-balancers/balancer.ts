/** What is told of a load balancer in several places. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
export const PLACE = "load-balancers";
export const CRUMB = { text: "Load balancers", href: `#/${PLACE}` };

export const ACTIONS = [
  { id: "edit-attributes", text: "Edit load balancer attributes" },
  { id: "delete", text: "Delete load balancer" },
];

/** What can be created, and where. */
export const CREATE = [
  { id: `#/${PLACE}/create`, text: "Create Application Load Balancer" },
  { id: `#/${PLACE}/create-classic`, text: "Create Classic Load Balancer" },
];

export function balancerHref(arn: string, tab?: string): string {
  return href([PLACE, arn], tab ? { tab } : {});
}

export function editHref(arn: string): string {
  return href([PLACE, arn, "edit-attributes"]);
}

export function nameIn(arn: string): string {
  return arn.split("/")[2] ?? arn;
}

const SCHEMES: Record<string, string> = { "internet-facing": "Internet-facing", internal: "Internal" };

export function schemeOf({ Scheme }: { Scheme?: string | undefined }): string {
  return SCHEMES[Scheme ?? ""] ?? "-";
}

export function zonesOf({ AvailabilityZones }: LoadBalancer): string {
  return (AvailabilityZones ?? [])
    .map(({ ZoneName, SubnetId }) => `${SubnetId ?? "-"} (${ZoneName ?? "-"})`)
    .join(", ");
}

const ADDRESS_TYPES: Record<string, string> = { ipv4: "IPv4", dualstack: "Dualstack" };

export function addressTypeOf({ IpAddressType }: LoadBalancer): string {
  return ADDRESS_TYPES[IpAddressType ?? ""] ?? IpAddressType ?? "-";
}
