/** What is told of a server certificate of IAM in several places. */
import { CRUMB as CERTIFICATES } from "../certificates/certificate";
import { href } from "../routing/route";

/** Segment of the addresses of these pages. */
export const PLACE = "server-certificates";
export const CRUMBS = [CERTIFICATES, { text: "Server certificates", href: `#/${PLACE}` }];

export const ACTIONS = [
  { id: "rename", text: "Edit name and path" },
  { id: "delete", text: "Delete server certificate" },
];

export const DEFAULT_PATH = "/";

export function serverCertificateHref(name: string, tab?: string): string {
  return href([PLACE, name], tab ? { tab } : {});
}

export function renameHref(name: string): string {
  return href([PLACE, name, "rename"]);
}

export function crumbsTo(name: string) {
  return [...CRUMBS, { text: name, href: serverCertificateHref(name) }];
}

const MOST_OF_NAME = 128;
const MOST_OF_PATH = 512;

/** What the API refuses in a name, in its words. */
export function nameError(name: string): string | null {
  if (name === "") return "Enter a name.";
  const isFine = name.length <= MOST_OF_NAME && /^[A-Za-z0-9_+=,.@-]+$/.test(name);
  return isFine ? null : `The name '${name}' must have 1 to 128 letters, digits or characters of _+=,.@-`;
}

/** What the API refuses in a path, in its words. */
export function pathError(path: string): string | null {
  const isFine = path.length <= MOST_OF_PATH && /^\/([!-~]+\/)?$/.test(path);
  if (isFine) return null;
  return `The path '${path}' must begin and end with a slash and have at most 512 visible ASCII characters`;
}
