import { describe, expect, it } from "vitest";
import type { GroupSample } from "./metrics";
import { balancerCharts, groupCharts, nonSticky, sessionCharts } from "./series";

const AT = "2026-11-24T01:00:00Z";

function sample(change: Partial<GroupSample>): GroupSample {
  const nothing = { requests: 0, statuses: {}, connectionErrors: 0, healthyHosts: 0, unhealthyHosts: 0, sessions: 0 };
  return { at: AT, ...nothing, outcomes: {}, targets: [], ...change };
}

function lines(charts: { title: string; lines: { title: string; points: { value: number }[] }[] }[], title: string) {
  const found = charts.find((chart) => chart.title === title);
  return Object.fromEntries((found?.lines ?? []).map((it) => [it.title, it.points.map(({ value }) => value)]));
}

describe("lines of charts", () => {
  it("counts as AWS does what did not stick", () => {
    expect(nonSticky({ new: 2, hit: 40, "rebound:expired": 3, "invalid:seal": 1, skipped: 9, refused: 5 })).toBe(6);
  });

  it("has a line for each class of status, zero where there was none", () => {
    const samples = [sample({ statuses: { "5xx": 1 } }), sample({ statuses: { "2xx": 7 } })];
    expect(lines(groupCharts(samples), "Target responses")).toEqual({ "2xx": [0, 7], "5xx": [1, 0] });
  });

  it("leaves periods out that have no response time, and tells milliseconds", () => {
    const responseTime = { meanMicros: 1, p50Micros: 1500, p90Micros: 3000, p99Micros: 9000 };
    const told = lines(groupCharts([sample({}), sample({ responseTime })]), "Target response time");
    expect(told).toEqual({ p50: [1.5], p90: [3], p99: [9] });
  });

  it("shows the busiest targets, each registration of one together", () => {
    const target = (targetId: string, requests: number) => ({ targetId, port: 80, requests, failures: 0, sessions: 0 });
    const many = Array.from({ length: 12 }, (_, number) => target(`10.0.0.${number}`, number));
    const told = lines(groupCharts([sample({ targets: [...many, target("10.0.0.11", 100)] })]), "Requests by target");
    expect(Object.keys(told)).toHaveLength(8);
    expect(told["10.0.0.11:80"]).toEqual([111]);
    expect(told["10.0.0.0:80"]).toBeUndefined();
  });

  it("tells outcomes and imbalance over time", () => {
    const sessionImbalance = { maxToMean: 1.5, coefficientOfVariation: 0.5 };
    const charts = sessionCharts([
      sample({ outcomes: { new: 1 } }),
      sample({ outcomes: { hit: 2 }, sessionImbalance }),
    ]);
    expect(lines(charts, "Outcomes")).toEqual({ new: [1, 0], hit: [0, 2] });
    expect(lines(charts, "Imbalance of sessions")).toEqual({
      "Most by mean": [1.5],
      "Coefficient of variation": [0.5],
    });
  });

  it("shows a load balancer's own responses apart", () => {
    const one = { at: AT, requests: 3, processedBytes: 900, ownStatuses: { "4xx": 1 }, nonStickyRequests: 2 };
    const charts = balancerCharts([one]);
    expect(lines(charts, "The load balancer's own responses")).toEqual({ "4xx": [1] });
    expect(lines(charts, "Processed bytes")).toEqual({ Bytes: [900] });
  });
});
