import type { LoadBalancerDescription } from "@aws-sdk/client-elastic-load-balancing";
import { describe, expect, test } from "vitest";
import { changes, cookieError, OFF, otherPolicies, secondsError, stickinessOf, stickinessText } from "./stickiness";

const SECURE = {
  Listener: { Protocol: "HTTPS", LoadBalancerPort: 443, InstancePort: 80 },
  PolicyNames: ["ELBSecurityPolicy-2016-08", "short"],
};
const PLAIN = { Listener: { Protocol: "HTTP", LoadBalancerPort: 80, InstancePort: 80 }, PolicyNames: [] };
const BALANCER: LoadBalancerDescription = {
  LoadBalancerName: "shop",
  ListenerDescriptions: [SECURE, PLAIN],
  Policies: {
    LBCookieStickinessPolicies: [{ PolicyName: "short", CookieExpirationPeriod: 60 }],
    AppCookieStickinessPolicies: [{ PolicyName: "app-cookie-a-b", CookieName: "a.b" }],
    OtherPolicies: ["ELBSecurityPolicy-2016-08"],
  },
};
const steps = (...typed: Parameters<typeof changes>) =>
  changes(...typed).map(({ name, input }) => ({ name, ...input }));

describe("stickiness of a listener", () => {
  test("is told from the policies in force", () => {
    expect(stickinessText(stickinessOf(BALANCER, SECURE))).toBe("Load balancer generated cookie, 60 seconds");
    expect(stickinessText(stickinessOf(BALANCER, PLAIN))).toBe("Off");
    expect(otherPolicies(BALANCER, SECURE)).toEqual(["ELBSecurityPolicy-2016-08"]);
  });

  test("a new policy is made and put in force; the security policy stays", () => {
    expect(steps(BALANCER, SECURE, { ...OFF, kind: "app", cookie: "cart" })).toEqual([
      {
        name: "create-app-cookie-stickiness-policy",
        LoadBalancerName: "shop",
        PolicyName: "app-cookie-cart",
        CookieName: "cart",
      },
      {
        name: "set-load-balancer-policies-of-listener",
        LoadBalancerName: "shop",
        LoadBalancerPort: 443,
        PolicyNames: ["ELBSecurityPolicy-2016-08", "app-cookie-cart"],
      },
    ]);
    const untilClosed = steps(BALANCER, PLAIN, { ...OFF, kind: "lb" })[0];
    expect(untilClosed).toEqual({
      name: "create-lb-cookie-stickiness-policy",
      LoadBalancerName: "shop",
      PolicyName: "lb-cookie-session",
    });
  });

  test("a policy like it is taken, and a name that another has is not", () => {
    const set = steps(BALANCER, PLAIN, { ...OFF, kind: "lb", seconds: "60" });
    expect(set.map(({ name }) => name)).toEqual(["set-load-balancer-policies-of-listener"]);
    expect(set[0]).toMatchObject({ PolicyNames: ["short"] });
    const taken = steps(BALANCER, PLAIN, { ...OFF, kind: "app", cookie: "a_b" })[0];
    expect(taken).toMatchObject({ PolicyName: "app-cookie-a-b-2" });
  });

  test("off is a list without it", () => {
    expect(steps(BALANCER, SECURE, OFF)[0]).toMatchObject({ PolicyNames: ["ELBSecurityPolicy-2016-08"] });
  });

  test("what is needed is asked for", () => {
    expect(cookieError({ ...OFF, kind: "app" })).not.toBeNull();
    expect(secondsError({ ...OFF, kind: "lb", seconds: "0" })).not.toBeNull();
    expect(secondsError({ ...OFF, kind: "lb" })).toBeNull();
    expect(secondsError({ ...OFF, seconds: "x" })).toBeNull();
  });
});
