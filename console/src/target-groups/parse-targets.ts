/** Targets as somebody types them: an id or address a line, with `:port` where it has one of its own. */

export interface TypedTarget {
  Id: string;
  Port?: number;
}

const WITH_PORT = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/;

export function parseTargets(text: string): TypedTarget[] {
  const lines = text.split(/[\n,]/).map((line) => line.trim());
  return lines.filter((line) => line !== "").map(parseTarget);
}

/** What has no port is an id as it is: ARNs and addresses of IPv6 have colons, too. */
function parseTarget(line: string): TypedTarget {
  const [, bracketed, id, port] = WITH_PORT.exec(line) ?? [];
  if (port === undefined) return { Id: line.replace(/^\[(.*)\]$/, "$1") };
  return { Id: bracketed ?? id ?? "", Port: Number(port) };
}
