import { describe, expect, it } from "vitest";
import { destination, explain, explainHref, groupText, questionOf, severity, withoutTarget } from "./explain";

describe("what is pasted", () => {
  it.each([
    ["AWSALB=abc; sid=1", { cookie: "AWSALB=abc; sid=1", path: "/cart" }],
    ["Cookie: AWSALB=abc", { cookie: "AWSALB=abc", path: "/cart" }],
    ["Set-Cookie: AWSALB=abc; Expires=now; Path=/", { cookie: "AWSALB=abc", path: "/cart" }],
    ["GET /a HTTP/1.1", { request: "GET /a HTTP/1.1" }],
    ["> GET /a HTTP/2\n> Cookie: AWSALB=abc", { request: "> GET /a HTTP/2\n> Cookie: AWSALB=abc" }],
    [":method: GET\n:path: /", { request: ":method: GET\n:path: /" }],
    [":method\nGET\n:path\n/", { request: ":method\nGET\n:path\n/" }],
    ["curl 'http://shop.test/' -b a=b", { request: "curl 'http://shop.test/' -b a=b" }],
    ["  ", { path: "/cart" }],
  ])("%s", (pasted, question) => {
    expect(questionOf(pasted, "/cart")).toEqual(question);
  });

  it("asks of a listener of either kind, as the command does", () => {
    const asked = explain({ balancer: "shop", port: 80, arn: "arn:x" }, { cookie: "a=b" });
    expect(asked).toMatchObject({ name: "explain", words: ["shop"], input: { port: 80, cookie: "a=b" } });
    expect(explainHref({ balancer: "shop", port: 80 })).toBe("#/explain?balancer=shop&port=80");
  });
});

describe("what is told", () => {
  const flags = { isInsecureReplay: false, isIncompatible: false };
  const group = { outcome: "new", meaning: "", share: 1, stickiness: "lb_cookie", setCookies: [], ...flags };
  const target = { targetId: "10.0.0.1", port: 80, state: "healthy" };

  it("says where the request goes", () => {
    expect(destination({ ...group, eligibleTargets: 3 })).toBe("One of 3 targets is chosen.");
    expect(destination({ ...group, eligibleTargets: 0 })).toBe("No target can take it: the client gets 503.");
    expect(destination({ ...group, eligibleTargets: 3, target })).toBe("It goes to 10.0.0.1:80 (healthy).");
    const zones = [
      { zoneName: "a", eligibleTargets: 2 },
      { zoneName: "b", eligibleTargets: 0 },
    ];
    expect(destination({ ...group, eligibleTargets: 2, zones })).toContain("zone of the connection: 2 in a, 0 in b.");
    expect(destination({ ...group, eligibleTargets: 2, isIncompatible: true })).toContain("464");
    expect(groupText("arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/carts/1")).toBe("carts");
    expect(groupText(undefined)).toBe("the instances");
  });

  it("says what happens where no target answers", () => {
    const at = "2026-11-24T01:00:00Z";
    const [refused, why] = withoutTarget({ at, action: "refused", status: 400, meaning: "it is bad" });
    expect([refused, why]).toEqual(["Refused with 400", "it is bad."]);
    expect(withoutTarget({ at, action: "redirect", status: 301, location: "https://a/" })[1]).toContain("https://a/");
    expect(withoutTarget({ at, action: "other-listener", loadBalancerName: "old" })[1]).toContain("old");
    expect(withoutTarget({ at, action: "fixed-response", status: 404 })[0]).toBe("Fixed response 404");
  });

  it("has a colour for each kind of outcome", () => {
    const outcomes = ["hit", "new", "skipped", "rebound:expired", "invalid:key", "refused"];
    expect(outcomes.map(severity)).toEqual(["success", "info", "info", "warning", "error", "error"]);
  });
});
