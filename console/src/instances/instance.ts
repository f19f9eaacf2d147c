/** An entry of the instance directory, and where its pages are. */
import { callExtension } from "../api/extension";
import { allPages } from "../api/pages";
import { elbow } from "../commands/elbow";
import { classicHref } from "../classic/classic";
import { href } from "../routing/route";
import { groupHref } from "../target-groups/group";

export interface Instance {
  instanceId: string;
  address: string;
  zone: string;
  source: "operator" | "ec2";
  /** ARNs of target groups and Classic Load Balancers. */
  registeredWith: string[];
}

/** Where an instance is. */
export interface Place {
  address: string;
  zone: string;
}

/** Segment of the addresses of these pages. */
export const PLACE = "instances";
export const CRUMB = { text: "Instances", href: `#/${PLACE}` };
const MOST = "1000";

export const ACTIONS = [
  { id: "edit", text: "Edit instance" },
  { id: "delete", text: "Delete instance" },
];

export function selectedHref(id: string): string {
  return href([PLACE], { selected: id });
}

export function editHref(id: string): string {
  return href([PLACE, id, "edit"]);
}

interface Page {
  instances: Instance[];
  nextToken?: string;
}

export function allInstances(): Promise<Instance[]> {
  return allPages(async (nextToken) => {
    const query = { maxResults: MOST, ...(nextToken && { nextToken }) };
    const page = await callExtension<Page>({ method: "GET", path: [PLACE], query });
    return { items: page.instances, next: page.nextToken };
  });
}

export function instance(id: string): Promise<Instance> {
  return callExtension({ method: "GET", path: [PLACE, id] });
}

export function putInstance(id: string, { address, zone }: Place) {
  return elbow<Instance>(
    { name: "instance put", words: [id], input: { Address: address, Zone: zone } },
    { method: "PUT", path: [PLACE, id], body: { address, zone } },
  );
}

export function deleteInstance(id: string) {
  return elbow<null>({ name: "instance remove", words: [id] }, { method: "DELETE", path: [PLACE, id] });
}

export function sourceOf({ source }: Instance): string {
  return source === "ec2" ? "EC2 endpoint" : "Instance directory";
}

export interface User {
  name: string;
  kind: "Target group" | "Classic Load Balancer";
  /** Its page; one of another region has none that can be seen now. */
  href: string | null;
}

/** What an ARN in `registeredWith` says: `…:targetgroup/carts/0123` or `…:loadbalancer/old`. */
export function userOf(arn: string, region: string): User {
  const [, , , where, , resource = arn] = arn.split(":");
  const [type, name = arn] = resource.split("/");
  const isHere = where === region;
  const shown = isHere ? name : `${name} (${where ?? ""})`;
  if (type !== "targetgroup")
    return { name: shown, kind: "Classic Load Balancer", href: isHere ? classicHref(name, "instances") : null };
  return { name: shown, kind: "Target group", href: isHere ? groupHref(arn, "targets") : null };
}

/** What the API refuses in an id. */
export function idError(id: string): string | null {
  if (id === "") return "Enter an instance ID.";
  return /^i-[0-9A-Za-z-]{1,64}$/.test(id) ? null : "An ID is i- and up to 64 letters, digits and hyphens.";
}

/** What certainly is no address; what remains is the API's to refuse. */
export function addressError(address: string): string | null {
  if (address === "") return "Enter an IP address.";
  const version4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  const isVersion4 = version4?.slice(1).every((part) => Number(part) <= 255) ?? false;
  const isVersion6 = /^[0-9a-fA-F:.]+$/.test(address) && address.split(":").length > 2;
  return isVersion4 || isVersion6 ? null : "An IPv4 or IPv6 address, without a port.";
}
