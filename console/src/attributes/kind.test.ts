import { describe, expect, test } from "vitest";
import { refusal } from "./kind";
import { TARGET_GROUP_ATTRIBUTES } from "./target-group";

describe("attributes of target groups", () => {
  test.each(TARGET_GROUP_ATTRIBUTES)("$key is refused in the words of the API", (attribute) => {
    for (const { value, message } of attribute.refused) expect(refusal(attribute, value)).toBe(message);
  });

  test.each(TARGET_GROUP_ATTRIBUTES)("$key may have its default", (attribute) => {
    expect(refusal(attribute, attribute.default)).toBeNull();
  });

  test("what the API does not refuse is not refused here", () => {
    const tried = new Set(TARGET_GROUP_ATTRIBUTES.flatMap(({ refused }) => refused.map(({ value }) => value)));
    for (const attribute of TARGET_GROUP_ATTRIBUTES) {
      const accepted = [...tried].filter((value) => !attribute.refused.some((it) => it.value === value));
      for (const value of accepted) expect(refusal(attribute, value), `${attribute.key}=${value}`).toBeNull();
    }
  });
});
