import { describe, expect, test } from "vitest";
import { actionLines } from "./action-text";

const group = (name: string) => `arn:aws:elasticloadbalancing:us-east-1:000000000000:targetgroup/${name}/0123`;
const texts = (actions: Parameters<typeof actionLines>[0]) => actionLines(actions).map(({ text }) => text);

describe("actions in words", () => {
  test("a forward has the shares of its groups", () => {
    const TargetGroups = [
      { TargetGroupArn: group("blue"), Weight: 1 },
      { TargetGroupArn: group("green"), Weight: 3 },
    ];
    const TargetGroupStickinessConfig = { Enabled: true, DurationSeconds: 60 };
    expect(texts([{ Type: "forward", ForwardConfig: { TargetGroups, TargetGroupStickinessConfig } }])).toEqual([
      "blue: 1 (25%)",
      "green: 3 (75%)",
      "Target group stickiness: 60 seconds",
    ]);
    expect(texts([{ Type: "forward", TargetGroupArn: group("blue") }])).toEqual(["blue: 1 (100%)"]);
  });

  test("groups without any weight get nothing", () => {
    const TargetGroups = [{ TargetGroupArn: group("blue"), Weight: 0 }];
    expect(texts([{ Type: "forward", ForwardConfig: { TargetGroups } }])).toEqual(["blue: 0 (0%)"]);
  });

  test("redirects and fixed responses say where and what", () => {
    expect(
      texts([{ Type: "redirect", RedirectConfig: { Protocol: "HTTPS", Port: "443", StatusCode: "HTTP_301" } }]),
    ).toEqual(["Redirect to HTTPS://#{host}:443/#{path}?#{query} (301)"]);
    expect(texts([{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "503" } }])).toEqual([
      "Return fixed response 503",
    ]);
    expect(texts(undefined)).toEqual(["-"]);
  });
});
