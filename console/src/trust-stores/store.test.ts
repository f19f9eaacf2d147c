import { describe, expect, test } from "vitest";
import { isFileWrong, nameOf, parseUri, userOf } from "./store";

const PREFIX = "arn:aws:elasticloadbalancing:us-east-1:000000000000";

describe("trust stores", () => {
  test("users lead to their pages", () => {
    const listener = userOf(`${PREFIX}:listener/app/shop/0123456789abcdef/fedcba9876543210`);
    expect([listener.name, listener.kind]).toEqual(["shop", "Listener"]);
    expect(decodeURIComponent(listener.href ?? "")).toBe(
      `#/load-balancers/${PREFIX}:loadbalancer/app/shop/0123456789abcdef`,
    );
    const group = userOf(`${PREFIX}:targetgroup/carts/0123456789abcdef`);
    expect([group.name, group.kind]).toEqual(["carts", "Target group"]);
    expect(userOf("nonsense").href).toBeNull();
  });

  test("a name is in the ARN", () => {
    expect(nameOf(`${PREFIX}:truststore/staff/0123456789abcdef`)).toBe("staff");
  });

  test.each([
    ["s3://trust/a/ca.pem", { bucket: "trust", key: "a/ca.pem" }],
    ["trust/ca.pem", null],
    ["s3://trust", null],
  ])("the file %s", (text, file) => {
    expect(parseUri(text)).toEqual(file);
  });

  test("a file has a bucket and a key", () => {
    expect(isFileWrong({ bucket: "trust", key: "", version: "" })).toBe(true);
    expect(isFileWrong({ bucket: "trust", key: "ca.pem", version: "" })).toBe(false);
  });
});
