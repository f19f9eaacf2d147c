import { describe, expect, test } from "vitest";
import { type Attribute, refusal } from "./kind";
import { LISTENER_ATTRIBUTES } from "./listener";
import { LOAD_BALANCER_ATTRIBUTES } from "./load-balancer";
import REFUSED from "./refused.json";
import { TARGET_GROUP_ATTRIBUTES } from "./target-group";
import { attributeIn } from "./values";

const TABLES: Record<string, Attribute[]> = {
  "target-group": TARGET_GROUP_ATTRIBUTES,
  "load-balancer": LOAD_BALANCER_ATTRIBUTES,
  listener: LISTENER_ATTRIBUTES,
};
const TRIED = new Set(REFUSED.flatMap(({ refused }) => refused.map(({ value }) => value)));

describe("attributes", () => {
  test.each(REFUSED)("$key is refused in the words of the API, and only then", ({ table, key, refused }) => {
    const attribute = attributeIn(TABLES[table] ?? [], key);
    const messages = new Map(refused.map(({ value, message }) => [value, message]));
    for (const value of TRIED) expect(refusal(attribute, value), value).toBe(messages.get(value) ?? null);
  });

  test.each(Object.values(TABLES).flat())("$key may have its default", (attribute) => {
    expect(refusal(attribute, attribute.default)).toBeNull();
  });
});
