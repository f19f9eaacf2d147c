import { describe, expect, test } from "vitest";
import { href, match, parsePlace } from "./route";

const ARN = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/carts/0123";

describe("places", () => {
  test("an address leads back to what it was made of", () => {
    const address = href(["target-groups", ARN], { tab: "attributes" });
    expect(parsePlace(address)).toEqual({ path: ["target-groups", ARN], query: { tab: "attributes" } });
  });

  test("what is no address is a place nevertheless", () => {
    expect(parsePlace("")).toEqual({ path: [], query: {} });
    expect(parsePlace("#/%zz")).toEqual({ path: ["%zz"], query: {} });
  });

  test.each([
    ["target-groups", ["target-groups"], {}],
    ["target-groups/:arn", ["target-groups", ARN], { arn: ARN }],
    ["target-groups/:arn", ["target-groups"], null],
    ["target-groups/:arn/edit", ["target-groups", ARN, "delete"], null],
  ])("%s and %j", (pattern, path, expected) => {
    expect(match(pattern, path)).toEqual(expected);
  });
});
