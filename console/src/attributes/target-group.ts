/** Attributes of target groups. */
import type { Attribute } from "./kind";
import table from "./target-group.json";
import { attributeIn } from "./values";

export const TARGET_GROUP_ATTRIBUTES = table as Attribute[];

/** Keys of stickiness, which has a form of its own. */
export const STICKINESS = {
  enabled: "stickiness.enabled",
  type: "stickiness.type",
  lbDuration: "stickiness.lb_cookie.duration_seconds",
  appDuration: "stickiness.app_cookie.duration_seconds",
  appName: "stickiness.app_cookie.cookie_name",
} as const;

export function attribute(key: string): Attribute {
  return attributeIn(TARGET_GROUP_ATTRIBUTES, key);
}
