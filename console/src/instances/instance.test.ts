import { describe, expect, test } from "vitest";
import { awsCommand } from "../commands/aws-cli";
import { addressError, idError, putInstance, userOf } from "./instance";

describe("instances", () => {
  test("users are what their ARNs say, and linked to where they can be seen", () => {
    const group = "arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/carts/0123456789abcdef";
    const here = userOf(group, "us-east-1");
    expect([here.name, here.kind]).toEqual(["carts", "Target group"]);
    expect(here.href).toContain("targetgroup%2Fcarts");
    expect(userOf(group, "eu-west-1")).toEqual({ name: "carts (us-east-1)", kind: "Target group", href: null });
    const classic = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/old";
    expect(userOf(classic, "us-east-1")).toEqual({
      name: "old",
      kind: "Classic Load Balancer",
      href: "#/classic-load-balancers/old?tab=instances",
    });
  });

  test.each([
    ["i-0a", null],
    ["", "Enter an instance ID."],
    ["web-1", "An ID is i- and up to 64 letters, digits and hyphens."],
    ["i-", "An ID is i- and up to 64 letters, digits and hyphens."],
  ])("the id %j", (id, error) => {
    expect(idError(id)).toBe(error);
  });

  test.each(["10.0.0.5", "::1", "fd00::5", "::ffff:10.0.0.5"])("the address %s", (address) => {
    expect(addressError(address)).toBeNull();
  });

  test.each(["", "10.0.0.5:80", "10.0.0.256", "web", "10.0.0"])("no address: %j", (address) => {
    expect(addressError(address)).not.toBeNull();
  });

  test("the command is Elbow's", () => {
    const { input, ...operation } = putInstance("i-0a", { address: "10.0.0.5", zone: "us-east-1a" });
    expect(
      awsCommand({ input, ...operation }, { endpoint: "", region: "", node: {} }).replaceAll(/ \\\n\s+/g, " "),
    ).toBe("elbow instance put i-0a --address 10.0.0.5 --zone us-east-1a");
  });
});
