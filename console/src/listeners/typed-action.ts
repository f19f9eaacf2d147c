/** The action of a rule as the form has it, and as the API has it. */
import type { Action, RedirectActionStatusCodeEnum } from "@aws-sdk/client-elastic-load-balancing-v2";

export interface TypedAction {
  type: "forward" | "redirect" | "fixed-response";
  groups: { arn: string; weight: string }[];
  isSticky: boolean;
  stickySeconds: string;
  protocol: string;
  host: string;
  port: string;
  path: string;
  query: string;
  redirectCode: string;
  fixedCode: string;
  contentType: string;
  body: string;
}

/** An hour is what AWS's console begins with. */
const STICKY_SECONDS = "3600";

export const NEW_ACTION: TypedAction = {
  type: "forward",
  groups: [{ arn: "", weight: "1" }],
  isSticky: false,
  stickySeconds: STICKY_SECONDS,
  protocol: "HTTPS",
  host: "#{host}",
  port: "443",
  path: "/#{path}",
  query: "#{query}",
  redirectCode: "HTTP_301",
  fixedCode: "503",
  contentType: "text/plain",
  body: "",
};

export function actionInput(typed: TypedAction): Action {
  switch (typed.type) {
    case "forward":
      return {
        Type: "forward",
        ForwardConfig: {
          TargetGroups: typed.groups.map(({ arn, weight }) => ({ TargetGroupArn: arn, Weight: Number(weight) })),
          ...(typed.isSticky && {
            TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: Number(typed.stickySeconds) },
          }),
        },
      };
    case "redirect":
      return {
        Type: "redirect",
        RedirectConfig: {
          Protocol: typed.protocol,
          Host: typed.host,
          Port: typed.port,
          Path: typed.path,
          Query: typed.query,
          StatusCode: typed.redirectCode as RedirectActionStatusCodeEnum,
        },
      };
    case "fixed-response":
      return {
        Type: "fixed-response",
        FixedResponseConfig: {
          StatusCode: typed.fixedCode,
          ContentType: typed.contentType,
          ...(typed.body && { MessageBody: typed.body }),
        },
      };
  }
}

export function typedAction(actions: Action[] | undefined): TypedAction {
  const action = actions?.at(-1);
  const { ForwardConfig, RedirectConfig, FixedResponseConfig } = action ?? {};
  if (action?.Type === "redirect")
    return {
      ...NEW_ACTION,
      type: "redirect",
      protocol: RedirectConfig?.Protocol ?? "#{protocol}",
      host: RedirectConfig?.Host ?? "#{host}",
      port: RedirectConfig?.Port ?? "#{port}",
      path: RedirectConfig?.Path ?? "/#{path}",
      query: RedirectConfig?.Query ?? "#{query}",
      redirectCode: RedirectConfig?.StatusCode ?? "HTTP_301",
    };
  if (action?.Type === "fixed-response")
    return {
      ...NEW_ACTION,
      type: "fixed-response",
      fixedCode: FixedResponseConfig?.StatusCode ?? "",
      contentType: FixedResponseConfig?.ContentType ?? "text/plain",
      body: FixedResponseConfig?.MessageBody ?? "",
    };
  const groups = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action?.TargetGroupArn, Weight: 1 }];
  const stickiness = ForwardConfig?.TargetGroupStickinessConfig;
  return {
    ...NEW_ACTION,
    groups: groups.map(({ TargetGroupArn = "", Weight = 1 }) => ({ arn: TargetGroupArn, weight: String(Weight) })),
    isSticky: stickiness?.Enabled ?? false,
    stickySeconds: String(stickiness?.DurationSeconds ?? STICKY_SECONDS),
  };
}

export function weightError(weight: string): string | null {
  return /^[0-9]+$/.test(weight) && Number(weight) <= 999 ? null : "A whole number from 0 to 999.";
}

export function stickySecondsError(seconds: string): string | null {
  const isFine = /^[0-9]+$/.test(seconds) && Number(seconds) >= 1 && Number(seconds) <= 604_800;
  return isFine ? null : "1-604800 seconds.";
}

export function isActionWrong({ type, groups, isSticky, stickySeconds, fixedCode }: TypedAction): boolean {
  if (type === "forward")
    return (
      groups.length === 0 ||
      groups.some(({ arn, weight }) => arn === "" || weightError(weight) !== null) ||
      (isSticky && stickySecondsError(stickySeconds) !== null)
    );
  return type === "fixed-response" && !/^[245]\d\d$/.test(fixedCode);
}
