/** Stickiness of a listener of a Classic Load Balancer: a policy that is made once, and put in force on listeners. */
import {
  CreateAppCookieStickinessPolicyCommand,
  CreateLBCookieStickinessPolicyCommand,
  type ListenerDescription,
  type LoadBalancerDescription,
  SetLoadBalancerPoliciesOfListenerCommand,
} from "@aws-sdk/client-elastic-load-balancing";
import { elb } from "../commands/elb";
import type { Resource, Sendable } from "../commands/operation";
import { portOf } from "./classic";

export interface TypedStickiness {
  kind: "off" | "lb" | "app";
  /** Of the load balancer's cookie; empty for as long as the browser is open. */
  seconds: string;
  /** The name of the application's cookie. */
  cookie: string;
}

export const OFF: TypedStickiness = { kind: "off", seconds: "", cookie: "" };

export function stickinessOf({ Policies }: LoadBalancerDescription, { PolicyNames }: ListenerDescription) {
  const isInForce = ({ PolicyName = "" }) => PolicyNames?.includes(PolicyName);
  const lb = Policies?.LBCookieStickinessPolicies?.find(isInForce);
  const app = Policies?.AppCookieStickinessPolicies?.find(isInForce);
  if (lb) return { ...OFF, kind: "lb" as const, seconds: String(lb.CookieExpirationPeriod ?? "") };
  if (app) return { ...OFF, kind: "app" as const, cookie: app.CookieName ?? "" };
  return OFF;
}

export function stickinessText({ kind, seconds, cookie }: TypedStickiness): string {
  if (kind === "app") return `Application-based cookie ${cookie}`;
  if (kind === "off") return "Off";
  return `Load balancer generated cookie, ${seconds === "" ? "until the browser is closed" : `${seconds} seconds`}`;
}

/** Policies of a listener that are not for stickiness, such as its security policy. */
export function otherPolicies({ Policies }: LoadBalancerDescription, { PolicyNames }: ListenerDescription): string[] {
  const all = [...(Policies?.LBCookieStickinessPolicies ?? []), ...(Policies?.AppCookieStickinessPolicies ?? [])];
  return (PolicyNames ?? []).filter((name) => !all.some(({ PolicyName }) => PolicyName === name));
}

/** What leads to a stickiness: a new policy, unless there is one like it, and the new list of the listener's policies. */
export function changes(
  balancer: LoadBalancerDescription,
  listener: ListenerDescription,
  typed: TypedStickiness,
): Sendable<unknown>[] {
  const { LoadBalancerName } = balancer;
  const existing = policyLike(balancer, typed);
  const name = existing ?? newName(balancer, typed);
  // The call replaces the whole list.
  const PolicyNames = [...otherPolicies(balancer, listener), ...(typed.kind === "off" ? [] : [name])];
  const set = elb(
    "set-load-balancer-policies-of-listener",
    new SetLoadBalancerPoliciesOfListenerCommand({ LoadBalancerName, LoadBalancerPort: portOf(listener), PolicyNames }),
  );
  const told = { ...set, resource: listenerResource(balancer, listener, PolicyNames) };
  if (typed.kind === "off" || existing !== undefined) return [told];
  return [newPolicy(LoadBalancerName, name, typed), told];
}

export function secondsError({ kind, seconds }: TypedStickiness): string | null {
  const isFine = seconds === "" || (/^[0-9]+$/.test(seconds) && Number(seconds) >= 1);
  return kind !== "lb" || isFine ? null : "A whole number of at least 1, or nothing.";
}

export function cookieError({ kind, cookie }: TypedStickiness): string | null {
  return kind === "app" && cookie.trim() === "" ? "Enter the name of the application's cookie." : null;
}

/** A template tells listeners as a whole. */
function listenerResource(
  { LoadBalancerName = "" }: LoadBalancerDescription,
  { Listener }: ListenerDescription,
  PolicyNames: string[],
): Resource {
  return {
    type: "AWS::ElasticLoadBalancing::LoadBalancer",
    id: LoadBalancerName,
    properties: { Listeners: [{ ...Listener, PolicyNames }] },
    isNew: false,
  };
}

function newPolicy(LoadBalancerName: string | undefined, PolicyName: string, typed: TypedStickiness) {
  if (typed.kind === "app") {
    const input = { LoadBalancerName, PolicyName, CookieName: typed.cookie };
    return elb("create-app-cookie-stickiness-policy", new CreateAppCookieStickinessPolicyCommand(input));
  }
  const period = typed.seconds === "" ? {} : { CookieExpirationPeriod: Number(typed.seconds) };
  const input = { LoadBalancerName, PolicyName, ...period };
  return elb("create-lb-cookie-stickiness-policy", new CreateLBCookieStickinessPolicyCommand(input));
}

function policyLike({ Policies }: LoadBalancerDescription, { kind, seconds, cookie }: TypedStickiness) {
  if (kind === "app") return Policies?.AppCookieStickinessPolicies?.find((it) => it.CookieName === cookie)?.PolicyName;
  const isLike = (period: number | undefined) => String(period ?? "") === seconds;
  const lb = Policies?.LBCookieStickinessPolicies;
  return lb?.find(({ CookieExpirationPeriod }) => isLike(CookieExpirationPeriod))?.PolicyName;
}

/** A name that says what the policy does, and that no other has: `lb-cookie-600`, `app-cookie-cart`. */
function newName({ Policies }: LoadBalancerDescription, { kind, seconds, cookie }: TypedStickiness): string {
  const what = kind === "app" ? cookie.replace(/[^A-Za-z0-9-]/g, "-") : seconds || "session";
  const wish = `${kind}-cookie-${what}`;
  const taken = new Set([
    ...(Policies?.AppCookieStickinessPolicies ?? []).map(({ PolicyName }) => PolicyName),
    ...(Policies?.LBCookieStickinessPolicies ?? []).map(({ PolicyName }) => PolicyName),
    ...(Policies?.OtherPolicies ?? []),
  ]);
  let name = wish;
  for (let number = 2; taken.has(name); number++) name = `${wish}-${number}`;
  return name;
}
