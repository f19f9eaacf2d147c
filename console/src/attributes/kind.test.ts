import { describe, expect, test } from "vitest";
import { refusal } from "./kind";
import { LOAD_BALANCER_ATTRIBUTES } from "./load-balancer";
import { TARGET_GROUP_ATTRIBUTES } from "./target-group";

const ALL = [...TARGET_GROUP_ATTRIBUTES, ...LOAD_BALANCER_ATTRIBUTES];

describe("attributes", () => {
  test.each(ALL)("$key is refused in the words of the API", (attribute) => {
    for (const { value, message } of attribute.refused) expect(refusal(attribute, value)).toBe(message);
  });

  test.each(ALL)("$key may have its default", (attribute) => {
    expect(refusal(attribute, attribute.default)).toBeNull();
  });

  test("what the API does not refuse is not refused here", () => {
    const tried = new Set(ALL.flatMap(({ refused }) => refused.map(({ value }) => value)));
    for (const attribute of ALL) {
      const accepted = [...tried].filter((value) => !attribute.refused.some((it) => it.value === value));
      for (const value of accepted) expect(refusal(attribute, value), `${attribute.key}=${value}`).toBeNull();
    }
  });
});
