/** What the actions of a listener or rule do, in words. */
import type { Action } from "@aws-sdk/client-elastic-load-balancing-v2";

export interface ActionLine {
  text: string;
  /** The target group that the line is about. */
  group?: string;
}

export function actionLines(actions: Action[] | undefined): ActionLine[] {
  const last = (actions ?? []).toSorted((a, b) => (a.Order ?? 0) - (b.Order ?? 0)).at(-1);
  switch (last?.Type) {
    case "forward":
      return forwardLines(last);
    case "redirect": {
      const { Protocol, Host, Port, Path, Query, StatusCode } = last.RedirectConfig ?? {};
      const to = `${Protocol ?? "#{protocol}"}://${Host ?? "#{host}"}:${Port ?? "#{port}"}${Path ?? "/#{path}"}?${Query ?? "#{query}"}`;
      return [{ text: `Redirect to ${to} (${StatusCode?.replace("HTTP_", "") ?? ""})` }];
    }
    case "fixed-response":
      return [{ text: `Return fixed response ${last.FixedResponseConfig?.StatusCode ?? ""}` }];
    default:
      return [{ text: last?.Type ?? "-" }];
  }
}

export function groupName(arn: string): string {
  return arn.split("/")[1] ?? arn;
}

function forwardLines({ ForwardConfig, TargetGroupArn }: Action): ActionLine[] {
  const groups = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  const sum = groups.reduce((sum, { Weight = 1 }) => sum + Weight, 0);
  const lines = groups.map(({ TargetGroupArn = "", Weight = 1 }) => {
    const share = sum === 0 ? 0 : Math.round((Weight / sum) * 100);
    return { text: `${groupName(TargetGroupArn)}: ${Weight} (${share}%)`, group: TargetGroupArn };
  });
  const stickiness = ForwardConfig?.TargetGroupStickinessConfig;
  if (!stickiness?.Enabled) return lines;
  return [...lines, { text: `Target group stickiness: ${stickiness.DurationSeconds ?? ""} seconds` }];
}
