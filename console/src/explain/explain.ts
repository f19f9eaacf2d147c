/** Why a request goes where it goes, as the extension API tells it. */
import { elbow } from "../commands/elbow";
import type { Sendable } from "../commands/operation";
import { href } from "../routing/route";

/** A listener that requests can come to. */
export interface Entrance {
  /** The load balancer's name. */
  balancer: string;
  port: number;
  /** Its ARN; a Classic Load Balancer's has none. */
  arn?: string;
}

export interface Question {
  request?: string;
  cookie?: string;
  path?: string;
}

interface Outcome {
  outcome: string;
  meaning: string;
}

export interface Target {
  targetId: string;
  port: number;
  state: string;
  reason?: string;
}

export interface Rule {
  priority: string;
  ruleArn?: string;
  unmet?: string;
}

export interface Session {
  targetGroupArn?: string;
  target?: Target;
  sessionId: string;
  begunAt: string;
  lastUsedAt: string;
  endsAt?: string;
  moves: number;
  isFromHttps: boolean;
}

export interface Cookie extends Partial<Outcome> {
  name: string;
  isReadable: boolean;
  keyId?: string;
  sessions?: Session[];
}

export interface Group extends Outcome {
  targetGroupArn?: string;
  share: number;
  stickiness: string;
  durationSeconds?: number;
  cookieName?: string;
  target?: Target;
  leftTarget?: Target;
  eligibleTargets: number;
  zones?: { zoneName: string; eligibleTargets: number }[];
  isIncompatible: boolean;
  setCookies: string[];
  isInsecureReplay: boolean;
}

export interface Explanation {
  at: string;
  action: "forward" | "redirect" | "fixed-response" | "refused" | "other-listener";
  /** Missing if no rule was asked, as the next. */
  rule?: Rule;
  rulesPassedOver?: Rule[];
  status?: number;
  meaning?: string;
  location?: string;
  loadBalancerName?: string;
  cookies?: Cookie[];
  groupStickiness?: Outcome;
  targetGroups?: Group[];
}

/** What is done with the request where no target answers it: a word, and a sentence. */
export function withoutTarget({ action, status, meaning, location, loadBalancerName }: Explanation): [string, string] {
  switch (action) {
    case "refused":
      return [`Refused with ${status ?? ""}`, `${meaning ?? ""}.`];
    case "other-listener":
      return [
        "Another load balancer takes it",
        `Its Host is of ${loadBalancerName ?? "another load balancer"}, which has a listener on the same port. Ask about that one.`,
      ];
    case "redirect":
      return [
        `Redirect with ${status ?? ""}`,
        `The rule sends the client to ${location ?? ""}. Cookies do not matter.`,
      ];
    default:
      return [`Fixed response ${status ?? ""}`, "The rule answers by itself. Cookies do not matter."];
  }
}

export function explainHref(query: { balancer?: string; port?: number } = {}): string {
  const { balancer, port } = query;
  return href(["explain"], { ...(balancer && { balancer }), ...(port !== undefined && { port: String(port) }) });
}

/** The question, with the command that asks the same. */
export function explain({ balancer, port, arn }: Entrance, question: Question): Sendable<Explanation> {
  const place =
    arn === undefined ? ["classic-load-balancers", balancer, "listeners", String(port)] : ["listeners", arn];
  const { request, ...parts } = question;
  return elbow<Explanation>(
    {
      name: "explain",
      words: [balancer],
      input: { port, ...(request === undefined ? parts : { request: "-" }) },
      asksServer: true,
    },
    { method: "POST", path: [...place, "explain"], body: question },
  );
}

/**
 * What somebody has pasted: a whole request, a line with the header Cookie or Set-Cookie, or cookies alone, which then come
 * with a request for `path`.
 */
export function questionOf(pasted: string, path: string): Question {
  const text = pasted.trim();
  const set = /^set-cookie:\s*([^;\n]*)/i.exec(text);
  const isLine = !text.includes("\n");
  const asked = path.trim() === "" ? {} : { path: path.trim() };
  if (text === "") return asked;
  if (/^curl(\.exe)?\s/.test(text)) return { request: pasted };
  if (isLine && set?.[1]) return { cookie: set[1].trim(), ...asked };
  if (isLine && !/^(?:> )?[A-Z]+ \S+ HTTP\//.test(text)) return { cookie: text.replace(/^cookie:\s*/i, ""), ...asked };
  return { request: pasted };
}

/** How good an outcome is, for its colour. */
export function severity(outcome: string): "success" | "info" | "warning" | "error" {
  if (outcome === "hit") return "success";
  if (outcome.startsWith("invalid:") || outcome === "refused") return "error";
  return outcome.startsWith("rebound:") ? "warning" : "info";
}

/** Where the request goes, in a sentence. */
export function destination({ target, eligibleTargets, isIncompatible, zones = [] }: Group): string {
  if (isIncompatible) return "Its targets do not understand the client's version of HTTP: the client gets 464.";
  if (target) return `It goes to ${targetText(target)}.`;
  if (eligibleTargets === 0) return "No target can take it: the client gets 503.";
  const of = zones.map((zone) => `${zone.eligibleTargets} in ${zone.zoneName}`).join(", ");
  const byZone = of === "" ? "" : ` Which ones depends on the zone of the connection: ${of}.`;
  const chosen =
    eligibleTargets === 1 ? "It goes to the one target there is." : `One of ${eligibleTargets} targets is chosen.`;
  return chosen + byZone;
}

export function targetText({ targetId, port, state }: Target): string {
  return `${targetId}:${port} (${state})`;
}

/** The name in an ARN of a target group; the instances of a Classic Load Balancer have none. */
export function groupText(arn: string | undefined): string {
  return arn?.split("/")[1] ?? "the instances";
}
