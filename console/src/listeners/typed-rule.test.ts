import type { Action, RuleCondition, RuleTransform } from "@aws-sdk/client-elastic-load-balancing-v2";
import { describe, expect, test } from "vitest";
import { actionInput, isActionWrong, NEW_ACTION, typedAction } from "./typed-action";
import { conditionInput, conditionText, isConditionWrong, NEW_CONDITION, typedCondition } from "./typed-condition";
import { isTransformWrong, transformLines, transformsInput, typedTransforms } from "./typed-transforms";

const CONDITIONS: [RuleCondition, string][] = [
  [{ Field: "host-header", HostHeaderConfig: { Values: ["a.example", "*.b"] } }, "Host header is a.example or *.b"],
  [{ Field: "path-pattern", PathPatternConfig: { RegexValues: ["^/v[0-9]+$"] } }, "Path matches ^/v[0-9]+$"],
  [
    { Field: "http-header", HttpHeaderConfig: { HttpHeaderName: "X-Version", Values: ["2"] } },
    "HTTP header X-Version is 2",
  ],
  [{ Field: "http-request-method", HttpRequestMethodConfig: { Values: ["GET"] } }, "HTTP request method is GET"],
  [
    { Field: "query-string", QueryStringConfig: { Values: [{ Key: "a", Value: "b=c" }, { Value: "d" }] } },
    "Query string is a=b=c or d",
  ],
  [{ Field: "source-ip", SourceIpConfig: { Values: ["10.0.0.0/8"] } }, "Source IP is 10.0.0.0/8"],
];

const TRANSFORMS: RuleTransform[] = [
  { Type: "host-header-rewrite", HostHeaderRewriteConfig: { Rewrites: [{ Regex: "^old", Replace: "" }] } },
  { Type: "url-rewrite", UrlRewriteConfig: { Rewrites: [{ Regex: "^/api/(.*)$", Replace: "/$1" }] } },
];

describe("rules in the form", () => {
  test.each(CONDITIONS)("%j is kept, and is told as: %s", (condition, text) => {
    expect(conditionInput(typedCondition(condition))).toEqual(condition);
    expect(conditionText(condition)).toBe(text);
  });

  test("a condition needs a value, and a header its name", () => {
    expect(isConditionWrong({ ...NEW_CONDITION, values: " \n" })).toBe(true);
    expect(isConditionWrong({ ...NEW_CONDITION, field: "http-header", values: "1" })).toBe(true);
    expect(isConditionWrong({ ...NEW_CONDITION, values: "/a" })).toBe(false);
  });

  test.each<Action>([
    { Type: "forward", ForwardConfig: { TargetGroups: [{ TargetGroupArn: "arn:a", Weight: 1 }] } },
    {
      Type: "forward",
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: "arn:a", Weight: 9 },
          { TargetGroupArn: "arn:b", Weight: 1 },
        ],
        TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
      },
    },
    {
      Type: "redirect",
      RedirectConfig: {
        Protocol: "HTTPS",
        Host: "#{host}",
        Port: "443",
        Path: "/#{path}",
        Query: "#{query}",
        StatusCode: "HTTP_302",
      },
    },
    {
      Type: "fixed-response",
      FixedResponseConfig: { StatusCode: "503", ContentType: "text/html", MessageBody: "<p>" },
    },
  ])("%j is kept", (action) => {
    expect(actionInput(typedAction([action]))).toEqual(action);
    expect(isActionWrong(typedAction([action]))).toBe(false);
  });

  test.each([[[]], [TRANSFORMS.slice(0, 1)], [TRANSFORMS.slice(1)], [TRANSFORMS]])("%j are kept", (transforms) => {
    expect(transformsInput(typedTransforms(transforms))).toEqual(transforms);
    expect(isTransformWrong(typedTransforms(transforms))).toBe(false);
  });

  test("a rewrite is told in words, and needs an expression and a replacement without spaces", () => {
    expect(transformLines(TRANSFORMS)).toEqual([
      "Rewrite host header: ^old by nothing",
      "Rewrite URL: ^/api/(.*)$ by /$1",
    ]);
    expect(isTransformWrong({ url: { regex: "", replace: "/" } })).toBe(true);
    expect(isTransformWrong({ host: { regex: "a", replace: "a b" } })).toBe(true);
    expect(isTransformWrong({ host: { regex: "a".repeat(1025), replace: "" } })).toBe(true);
  });

  test("an action lacks something until it is filled in", () => {
    expect(isActionWrong(NEW_ACTION)).toBe(true);
    expect(isActionWrong({ ...NEW_ACTION, groups: [{ arn: "arn:a", weight: "1000" }] })).toBe(true);
    expect(isActionWrong({ ...NEW_ACTION, type: "fixed-response", fixedCode: "99" })).toBe(true);
  });
});
