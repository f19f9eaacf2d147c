/** The health check of a Classic Load Balancer as the form has it. */
import type { HealthCheck } from "@aws-sdk/client-elastic-load-balancing";

export type TypedHealthCheck = Record<"target" | "timeout" | "interval" | "unhealthy" | "healthy", string>;

/** What AWS's console begins with, for a port of the instances. */
export function newHealthCheck(protocol: string, port: string): TypedHealthCheck {
  const isHttp = protocol === "HTTP" || protocol === "HTTPS";
  const target = `${protocol}:${port}${isHttp ? "/" : ""}`;
  return { target, timeout: "5", interval: "30", unhealthy: "2", healthy: "10" };
}

export function typedHealthCheck(check: HealthCheck | undefined): TypedHealthCheck {
  return {
    target: check?.Target ?? "",
    timeout: String(check?.Timeout ?? ""),
    interval: String(check?.Interval ?? ""),
    unhealthy: String(check?.UnhealthyThreshold ?? ""),
    healthy: String(check?.HealthyThreshold ?? ""),
  };
}

export function healthCheckInput(typed: TypedHealthCheck): HealthCheck {
  return {
    Target: typed.target,
    Interval: Number(typed.interval),
    Timeout: Number(typed.timeout),
    UnhealthyThreshold: Number(typed.unhealthy),
    HealthyThreshold: Number(typed.healthy),
  };
}

export const NUMBERS = [
  {
    name: "timeout",
    label: "Response timeout",
    description: "Seconds without an answer that are a failure.",
    min: 2,
    max: 60,
  },
  { name: "interval", label: "Health check interval", description: "Seconds between two checks.", min: 5, max: 300 },
  { name: "unhealthy", label: "Unhealthy threshold", description: "Failures one after the other.", min: 2, max: 10 },
  { name: "healthy", label: "Healthy threshold", description: "Successes one after the other.", min: 2, max: 10 },
] as const;

export function numberError({ min, max }: { min: number; max: number }, value: string): string | null {
  const isFine = /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max;
  return isFine ? null : `A whole number from ${min} to ${max}.`;
}

export function isHealthCheckWrong(typed: TypedHealthCheck): boolean {
  return typed.target === "" || NUMBERS.some((rule) => numberError(rule, typed[rule.name]) !== null);
}
