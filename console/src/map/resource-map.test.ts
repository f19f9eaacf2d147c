import { describe, expect, test } from "vitest";
import { type Known, leadingTo, loadText, related, resourceMap } from "./resource-map";

const KNOWN: Known = {
  listeners: [
    {
      listener: { ListenerArn: "L", Protocol: "HTTP", Port: 80 },
      rules: [
        {
          RuleArn: "R1",
          Priority: "1",
          Conditions: [{ Field: "path-pattern", PathPatternConfig: { Values: ["/new*"] } }],
          Actions: [
            {
              Type: "forward",
              ForwardConfig: {
                TargetGroups: [
                  { TargetGroupArn: "arn/blue", Weight: 3 },
                  { TargetGroupArn: "arn/green", Weight: 1 },
                ],
              },
            },
          ],
        },
        {
          RuleArn: "R2",
          Priority: "default",
          IsDefault: true,
          Actions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "404" } }],
        },
      ],
    },
  ],
  groups: [
    {
      group: { TargetGroupArn: "arn/blue", TargetGroupName: "blue", TargetType: "ip", Protocol: "HTTP", Port: 80 },
      health: [
        { Target: { Id: "127.0.0.1", Port: 1 }, TargetHealth: { State: "healthy" } },
        { Target: { Id: "127.0.0.1", Port: 2 }, TargetHealth: { State: "unhealthy", Description: "timed out" } },
      ],
    },
    {
      group: { TargetGroupArn: "arn/green", TargetGroupName: "green", TargetType: "ip", Protocol: "HTTP", Port: 80 },
      health: Array.from({ length: 25 }, (_, index) => ({
        Target: { Id: "127.0.0.2", Port: index + 1 },
        TargetHealth: { State: "healthy" as const },
      })),
    },
  ],
};

const titles = (map: ReturnType<typeof resourceMap>) => map.columns.map(({ nodes }) => nodes.map(({ title }) => title));

describe("the map of a load balancer", () => {
  test("rates stand beside targets that are known to be sent requests", () => {
    const [blue, green] = KNOWN.groups;
    const target = { targetId: "127.0.0.1", port: 1, state: "healthy", sessions: 40, requests: 150 };
    const counted = { sessions: 40, sessionsOnDrainingTargets: 0, isComplete: true, requestSeconds: 60, outcomes: {} };
    const load = { at: "", ...counted, targets: [target] };
    const known = { ...KNOWN, groups: [{ ...blue, load }, green] } as Known;
    const [, , groups, targets] = resourceMap(known).columns;
    expect(groups?.nodes[0]?.lines.at(-1)).toBe("2.5 requests/s, 40 sessions");
    expect(targets?.nodes.slice(0, 2).map(({ lines }) => lines)).toEqual([
      ["2.5 requests/s, 40 sessions"],
      ["timed out"],
    ]);
    expect(loadText(12_345, 1, { requestSeconds: 10 })).toBe("1,235 requests/s, 1 session");
  });

  const map = resourceMap(KNOWN);

  test("listeners lead to rules, groups and targets", () => {
    const [listeners, rules, groups, targets] = titles(map);
    expect([listeners, rules, groups]).toEqual([["HTTP:80"], ["Priority 1", "Default"], ["blue", "green"]]);
    expect(targets?.slice(0, 3)).toEqual(["127.0.0.1:1", "127.0.0.1:2", "127.0.0.2:1"]);
    expect(targets?.at(-1), "20 of a group are enough to look at").toBe("5 more");
    expect(map.columns[1]?.nodes[0]?.lines).toEqual(["Path is /new*", "blue: 3 (75%)", "green: 1 (25%)"]);
    expect(map.columns[2]?.nodes[0]?.lines).toEqual(["IP, HTTP: 80", "1 healthy, 1 unhealthy"]);
    expect(map.steps).toContainEqual(["R1", "arn/green"]);
  });

  test("related is what leads there and what is led to, not what is beside", () => {
    expect([...related(map, "R2")].toSorted()).toEqual(["L", "R2"]);
    const ofBlue = related(map, "arn/blue");
    expect(ofBlue.has("R1") && ofBlue.has("arn/blue 127.0.0.1:2")).toBe(true);
    expect(ofBlue.has("R2") || ofBlue.has("arn/green")).toBe(false);
  });

  test("of the unhealthy, only what leads to them", () => {
    const unhealthy = leadingTo(map, ["unhealthy"]);
    expect(titles(unhealthy)).toEqual([["HTTP:80"], ["Priority 1"], ["blue"], ["127.0.0.1:2"]]);
    expect(unhealthy.steps).toHaveLength(3);
    expect(titles(leadingTo(map, ["draining"])).flat()).toEqual([]);
  });
});
