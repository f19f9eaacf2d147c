/** What was counted over the last day, as the extension API tells it. */
import { callExtension } from "../api/extension";

export type Counts = Record<string, number>;

export interface Imbalance {
  maxToMean: number;
  coefficientOfVariation: number;
}

export interface TargetSample {
  targetId: string;
  port: number;
  requests: number;
  failures: number;
  sessions: number;
}

export interface GroupSample {
  at: string;
  requests: number;
  statuses: Counts;
  connectionErrors: number;
  responseTime?: { meanMicros: number; p50Micros: number; p90Micros: number; p99Micros: number };
  healthyHosts: number;
  unhealthyHosts: number;
  sessions: number;
  outcomes: Counts;
  targets: TargetSample[];
  sessionImbalance?: Imbalance;
}

export interface BalancerSample {
  at: string;
  requests: number;
  processedBytes: number;
  ownStatuses: Counts;
  nonStickyRequests: number;
}

export interface Metrics<Sample> {
  periodSeconds: number;
  samples: Sample[];
}

/** Where a target group, or a listener of a Classic Load Balancer, is in the extension API. */
export type Place = string[];

export function placeOfGroup(arn: string): Place {
  return ["target-groups", arn];
}

export function placeOfBalancer(arn: string): Place {
  return ["load-balancers", arn];
}

export function placeOfClassic(name: string, port?: number): Place {
  const balancer = ["classic-load-balancers", name];
  return port === undefined ? balancer : [...balancer, "listeners", String(port)];
}

export function groupMetrics(place: Place, minutes: number): Promise<Metrics<GroupSample>> {
  return metrics(place, minutes);
}

export function balancerMetrics(place: Place, minutes: number): Promise<Metrics<BalancerSample>> {
  return metrics(place, minutes);
}

function metrics<Sample>(place: Place, minutes: number): Promise<Metrics<Sample>> {
  return callExtension({ method: "GET", path: [...place, "metrics"], query: { minutes: String(minutes) } });
}
