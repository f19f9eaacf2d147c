/** Where the sessions of a target group live, as the extension API tells it. */
import { callExtension } from "../api/extension";
import type { Counts, Imbalance, Place } from "../metrics/metrics";

export interface TargetSessions {
  targetId: string;
  port: number;
  state: string;
  reason?: string;
  sessions: number;
  requests: number;
}

export interface Sessions {
  at: string;
  sessions: number;
  sessionsOnDrainingTargets: number;
  isComplete: boolean;
  requestSeconds: number;
  outcomes: Counts;
  targets: TargetSessions[];
  sessionImbalance?: Imbalance;
  requestImbalance?: Imbalance;
}

export function sessionsOf(place: Place): Promise<Sessions> {
  return callExtension({ method: "GET", path: [...place, "sessions"] });
}

/** An imbalance in words; `-` if there is nothing to compare. */
export function imbalanceText(imbalance: Imbalance | undefined): string {
  if (!imbalance) return "-";
  return `${imbalance.maxToMean.toFixed(2)} (coefficient of variation ${imbalance.coefficientOfVariation.toFixed(2)})`;
}
