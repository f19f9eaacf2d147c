import { describe, expect, test } from "vitest";
import { pathOf, refusal } from "./extension";

describe("the extension API", () => {
  test("an ARN is one segment of a path", () => {
    expect(pathOf(["instances", "i-0a"])).toBe("/elbow/v1/instances/i-0a");
    expect(pathOf(["target-groups", "arn:aws:x:targetgroup/a b/1"])).toBe(
      "/elbow/v1/target-groups/arn%3Aaws%3Ax%3Atargetgroup%2Fa%20b%2F1",
    );
  });

  test.each([
    [409, '{"code":"ResourceInUse","message":"It is registered","requestId":"1"}', "ResourceInUse", "It is registered"],
    [502, "<html>Bad Gateway</html>", "HTTP 502", "<html>Bad Gateway</html>"],
    [500, '{"error":7}', "HTTP 500", '{"error":7}'],
  ])("%i %s", (status, text, code, message) => {
    const { code: told, message: said } = refusal(status, text);
    expect([told, said]).toEqual([code, message]);
  });
});
