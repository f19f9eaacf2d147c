/** Lines of charts, made of samples. */
import type { BalancerSample, Counts, GroupSample } from "./metrics";

export interface Line {
  title: string;
  points: { at: Date; value: number }[];
}

/** A chart: what it shows and in which unit. */
export interface Chart {
  title: string;
  unit: Unit;
  lines: Line[];
}

export type Unit = "count" | "milliseconds" | "bytes" | "ratio";

/** Most targets that have lines of their own; a chart with more tells nothing. */
const TARGETS = 8;
/** Outcomes of requests that followed their session, or had none to follow. */
const STUCK = ["hit", "refused", "skipped"];

interface Sample {
  at: string;
}

/** Requests whose target had to be chosen although the target group is sticky, as AWS counts them. */
export function nonSticky(outcomes: Counts): number {
  return Object.entries(outcomes).reduce((sum, [outcome, count]) => (STUCK.includes(outcome) ? sum : sum + count), 0);
}

export function groupCharts(samples: GroupSample[]): Chart[] {
  const time = (title: string, of: "p50Micros" | "p90Micros" | "p99Micros") =>
    line(title, samples, ({ responseTime }) => responseTime && responseTime[of] / 1000);
  return [
    { title: "Requests", unit: "count", lines: [line("Requests", samples, (it) => it.requests)] },
    { title: "Target responses", unit: "count", lines: byClass(samples, (it) => it.statuses) },
    {
      title: "Target response time",
      unit: "milliseconds",
      lines: [time("p50", "p50Micros"), time("p90", "p90Micros"), time("p99", "p99Micros")],
    },
    {
      title: "Hosts",
      unit: "count",
      lines: [line("Healthy", samples, (it) => it.healthyHosts), line("Unhealthy", samples, (it) => it.unhealthyHosts)],
    },
    { title: "Requests by target", unit: "count", lines: byTarget(samples) },
    {
      title: "Requests that did not stick",
      unit: "count",
      lines: [line("Non-sticky requests", samples, (it) => nonSticky(it.outcomes))],
    },
    {
      title: "Connection errors",
      unit: "count",
      lines: [line("Connection errors", samples, (it) => it.connectionErrors)],
    },
  ];
}

export function balancerCharts(samples: BalancerSample[]): Chart[] {
  return [
    { title: "Requests", unit: "count", lines: [line("Requests", samples, (it) => it.requests)] },
    { title: "The load balancer's own responses", unit: "count", lines: byClass(samples, (it) => it.ownStatuses) },
    {
      title: "Requests that did not stick",
      unit: "count",
      lines: [line("Non-sticky requests", samples, (it) => it.nonStickyRequests)],
    },
    { title: "Processed bytes", unit: "bytes", lines: [line("Bytes", samples, (it) => it.processedBytes)] },
  ];
}

export function sessionCharts(samples: GroupSample[]): Chart[] {
  const outcomes = namesOf(samples, (it) => Object.keys(it.outcomes));
  return [
    {
      title: "Outcomes",
      unit: "count",
      lines: outcomes.map((outcome) => line(outcome, samples, (it) => it.outcomes[outcome] ?? 0)),
    },
    { title: "Live sessions", unit: "count", lines: [line("Sessions", samples, (it) => it.sessions)] },
    {
      title: "Imbalance of sessions",
      unit: "ratio",
      lines: [
        line("Most by mean", samples, (it) => it.sessionImbalance?.maxToMean),
        line("Coefficient of variation", samples, (it) => it.sessionImbalance?.coefficientOfVariation),
      ],
    },
  ];
}

/** A point for each sample that has a value. */
function line<S extends Sample>(title: string, samples: S[], value: (sample: S) => number | undefined): Line {
  const points = samples.flatMap((sample) => {
    const known = value(sample);
    return known === undefined ? [] : [{ at: new Date(sample.at), value: known }];
  });
  return { title, points };
}

function byClass<S extends Sample>(samples: S[], counts: (sample: S) => Counts): Line[] {
  const classes = namesOf(samples, (sample) => Object.keys(counts(sample))).toSorted();
  return classes.map((name) => line(name, samples, (sample) => counts(sample)[name] ?? 0));
}

/** The busiest ones. */
function byTarget(samples: GroupSample[]): Line[] {
  const sums = new Map<string, number>();
  for (const target of samples.flatMap((sample) => sample.targets)) {
    const name = nameOf(target);
    sums.set(name, (sums.get(name) ?? 0) + target.requests);
  }
  const names = [...sums].toSorted(([, a], [, b]) => b - a).map(([name]) => name);
  return names.slice(0, TARGETS).map((name) =>
    line(name, samples, ({ targets }) => {
      const own = targets.filter((target) => nameOf(target) === name);
      return own.length > 0 ? own.reduce((sum, target) => sum + target.requests, 0) : undefined;
    }),
  );
}

export function nameOf({ targetId, port }: { targetId: string; port: number }): string {
  return `${targetId}:${port}`;
}

function namesOf<S>(samples: S[], names: (sample: S) => string[]): string[] {
  return [...new Set(samples.flatMap(names))];
}
