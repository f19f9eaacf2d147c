import { describe, expect, it } from "vitest";
import { destination, explain, explainHref, groupText, questionOf, severity } from "./explain";

describe("what is pasted", () => {
  it.each([
    ["AWSALB=abc; sid=1", { cookie: "AWSALB=abc; sid=1", path: "/cart" }],
    ["Cookie: AWSALB=abc", { cookie: "AWSALB=abc", path: "/cart" }],
    ["Set-Cookie: AWSALB=abc; Expires=now; Path=/", { cookie: "AWSALB=abc", path: "/cart" }],
    ["GET /a HTTP/1.1", { request: "GET /a HTTP/1.1" }],
    ["> GET /a HTTP/2\n> Cookie: AWSALB=abc", { request: "> GET /a HTTP/2\n> Cookie: AWSALB=abc" }],
    [":method: GET\n:path: /", { request: ":method: GET\n:path: /" }],
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
  const group = { outcome: "new", meaning: "", share: 1, stickiness: "lb_cookie", isInsecureReplay: false };
  const target = { targetId: "10.0.0.1", port: 80, state: "healthy" };

  it("says where the request goes", () => {
    expect(destination({ ...group, eligibleTargets: 3 })).toBe("One of 3 targets is chosen.");
    expect(destination({ ...group, eligibleTargets: 0 })).toBe("No target can take it: the client gets 503.");
    expect(destination({ ...group, eligibleTargets: 3, target })).toBe("It goes to 10.0.0.1:80 (healthy).");
    expect(groupText("arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/carts/1")).toBe("carts");
    expect(groupText(undefined)).toBe("the instances");
  });

  it("has a colour for each kind of outcome", () => {
    const outcomes = ["hit", "new", "skipped", "rebound:expired", "invalid:key", "refused"];
    expect(outcomes.map(severity)).toEqual(["success", "info", "info", "warning", "error", "error"]);
  });
});
