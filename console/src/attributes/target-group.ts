/** Attributes of target groups: their table, and the values of one group. */
import type { Attribute } from "./kind";
import table from "./target-group.json";

export const TARGET_GROUP_ATTRIBUTES = table as Attribute[];

/** Every attribute with its value. */
export type Values = Record<string, string>;

/** Keys of stickiness, which has a form of its own. */
export const STICKINESS = {
  enabled: "stickiness.enabled",
  type: "stickiness.type",
  lbDuration: "stickiness.lb_cookie.duration_seconds",
  appDuration: "stickiness.app_cookie.duration_seconds",
  appName: "stickiness.app_cookie.cookie_name",
} as const;

const BY_KEY = new Map(TARGET_GROUP_ATTRIBUTES.map((attribute) => [attribute.key, attribute]));

export function attribute(key: string): Attribute {
  const found = BY_KEY.get(key);
  if (!found) throw new Error(`there is no attribute ${key}`);
  return found;
}

/** The values that the API tells, the defaults for those that it does not. */
export function valuesOf(told: { Key?: string | undefined; Value?: string | undefined }[] | undefined): Values {
  const values = defaults();
  for (const { Key, Value } of told ?? []) if (Key !== undefined) values[Key] = Value ?? "";
  return values;
}

export function defaults(): Values {
  return Object.fromEntries(TARGET_GROUP_ATTRIBUTES.map(({ key, default: value }) => [key, value]));
}

/** What has to be sent to get from one to the other. */
export function changed(before: Values, after: Values): { Key: string; Value: string }[] {
  return Object.entries(after)
    .filter(([key, value]) => before[key] !== value)
    .map(([Key, Value]) => ({ Key, Value }));
}
