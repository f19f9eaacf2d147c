import { describe, expect, test } from "vitest";
import { durationOf, nameRefusal, secondsOf, summary } from "./stickiness";
import { LOAD_BALANCER_ATTRIBUTES } from "./load-balancer";
import { LOAD_BALANCER_SECTIONS } from "./load-balancer-words";
import { STICKINESS, TARGET_GROUP_ATTRIBUTES } from "./target-group";
import { TARGET_GROUP_SECTIONS } from "./target-group-words";
import { changed, defaults as defaultsOf, valuesOf } from "./values";

const defaults = () => defaultsOf(TARGET_GROUP_ATTRIBUTES);

describe("stickiness", () => {
  test.each([
    ["86400", "1", "days"],
    ["604800", "7", "days"],
    ["5400", "90", "minutes"],
    ["59", "59", "seconds"],
    ["0", "0", "seconds"],
    ["x", "x", "seconds"],
  ])("%s seconds are %s %s, and back", (seconds, number, unit) => {
    const duration = durationOf(seconds);
    expect(duration).toEqual({ number, unit });
    expect(secondsOf(duration)).toBe(seconds);
  });

  test("what is no number is left for the API's words", () => {
    expect(secondsOf({ number: " 1.5 ", unit: "days" })).toBe("1.5");
  });

  test("an application cookie needs a name only where it is used", () => {
    const values = { ...defaults(), [STICKINESS.type]: "app_cookie" };
    expect(nameRefusal(values)).toBeNull();
    expect(nameRefusal({ ...values, [STICKINESS.enabled]: "true" })).toMatch(
      /^You must set an application cookie name/,
    );
  });

  test("a summary says what a session is bound by", () => {
    const on = { ...defaults(), [STICKINESS.enabled]: "true" };
    expect(summary(defaults())).toBe("Off");
    expect(summary(on)).toBe("Load balancer generated cookie, 1 day");
    expect(summary({ ...on, [STICKINESS.type]: "app_cookie", [STICKINESS.appName]: "sid" })).toBe(
      "Application-based cookie sid, 1 day",
    );
  });
});

describe("values", () => {
  test("only what has changed is sent", () => {
    const before = valuesOf(TARGET_GROUP_ATTRIBUTES, [{ Key: STICKINESS.enabled, Value: "false" }]);
    expect(changed(before, { ...before, [STICKINESS.enabled]: "true" })).toEqual([
      { Key: STICKINESS.enabled, Value: "true" },
    ]);
    expect(changed(before, { ...before })).toEqual([]);
  });

  test("every attribute has its place in the form, and no other", () => {
    const fields = TARGET_GROUP_SECTIONS.flatMap((section) => Object.keys(section.fields));
    const expected = TARGET_GROUP_ATTRIBUTES.map(({ key }) => key).sort();
    expect([...fields, ...Object.values(STICKINESS)].sort()).toEqual(expected);
  });

  test("the same is true of load balancers", () => {
    const fields = LOAD_BALANCER_SECTIONS.flatMap((section) => Object.keys(section.fields));
    expect(fields.sort()).toEqual(LOAD_BALANCER_ATTRIBUTES.map(({ key }) => key).sort());
  });
});
