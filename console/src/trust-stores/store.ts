/** What is told of a trust store in several places. */
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
export const PLACE = "trust-stores";
export const CRUMB = { text: "Trust stores", href: `#/${PLACE}` };

export const ACTIONS = [
  { id: "modify", text: "Replace CA bundle" },
  { id: "add-revocations", text: "Add revocation list" },
  { id: "delete", text: "Delete trust store" },
];

export function storeHref(arn: string, tab?: string): string {
  return href([PLACE, arn], tab ? { tab } : {});
}

export function editHref(arn: string, what: "modify" | "add-revocations"): string {
  return href([PLACE, arn, what]);
}

/** The name in an ARN: `…:truststore/staff/0123`. */
export function nameOf(arn: string): string {
  return arn.split("/")[1] ?? arn;
}

/** What uses a trust store: a listener that asks clients for certificates, or a target group that checks targets'. */
export function userOf(arn: string): { name: string; kind: string; href: string | null } {
  const [type, ...names] = (arn.split(":")[5] ?? "").split("/");
  const [first = "", name = "", balancer = ""] = names;
  if (type === "targetgroup") return { name: first, kind: "Target group", href: href(["target-groups", arn]) };
  if (type !== "listener") return { name: arn, kind: "-", href: null };
  const balancerArn = arn.replace(":listener/", ":loadbalancer/").split("/").slice(0, -1).join("/");
  const link = first === "app" && balancer ? href(["load-balancers", balancerArn]) : null;
  return { name, kind: "Listener", href: link };
}

/** A file that the API reads: a key of a bucket, and the version of it if it has any. */
export interface File {
  bucket: string;
  key: string;
  version: string;
}

export const NO_FILE: File = { bucket: "", key: "", version: "" };

/** What is missing of a file's name. */
export function fileErrors({ bucket, key }: File): { bucket: string | null; key: string | null } {
  return {
    bucket: bucket === "" ? "Enter a bucket." : null,
    key: key === "" ? "Enter a key." : null,
  };
}

export function isFileWrong(file: File): boolean {
  return Object.values(fileErrors(file)).some((error) => error !== null);
}

/** A file as it is often copied: `s3://BUCKET/KEY`. */
export function parseUri(text: string): Pick<File, "bucket" | "key"> | null {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(text.trim()) ?? [];
  return bucket && key ? { bucket, key } : null;
}
