/** The settings of a health check in a form, and what the API gets of them. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";

/** As typed. */
export interface HealthCheck {
  protocol: string;
  path: string;
  port: string;
  healthy: string;
  unhealthy: string;
  timeout: string;
  interval: string;
  codes: string;
}

export const DEFAULT_HEALTH_CHECK: HealthCheck = {
  protocol: "HTTP",
  path: "/",
  port: "traffic-port",
  healthy: "5",
  unhealthy: "2",
  timeout: "5",
  interval: "30",
  codes: "200",
};

export function healthCheckOf(group: TargetGroup): HealthCheck {
  return {
    protocol: group.HealthCheckProtocol ?? "HTTP",
    path: group.HealthCheckPath ?? "/",
    port: group.HealthCheckPort ?? "traffic-port",
    healthy: String(group.HealthyThresholdCount ?? ""),
    unhealthy: String(group.UnhealthyThresholdCount ?? ""),
    timeout: String(group.HealthCheckTimeoutSeconds ?? ""),
    interval: String(group.HealthCheckIntervalSeconds ?? ""),
    codes: group.Matcher?.HttpCode ?? group.Matcher?.GrpcCode ?? "",
  };
}

/** What is to be sent: only what differs from `before`. */
export function healthCheckInput(before: HealthCheck, after: HealthCheck, isGrpc: boolean) {
  const differs = (name: keyof HealthCheck) => before[name] !== after[name];
  const codes = isGrpc ? { GrpcCode: after.codes } : { HttpCode: after.codes };
  return {
    ...(differs("protocol") && { HealthCheckProtocol: after.protocol as "HTTP" | "HTTPS" }),
    ...(differs("path") && { HealthCheckPath: after.path }),
    ...(differs("port") && { HealthCheckPort: after.port }),
    ...(differs("healthy") && { HealthyThresholdCount: Number(after.healthy) }),
    ...(differs("unhealthy") && { UnhealthyThresholdCount: Number(after.unhealthy) }),
    ...(differs("timeout") && { HealthCheckTimeoutSeconds: Number(after.timeout) }),
    ...(differs("interval") && { HealthCheckIntervalSeconds: Number(after.interval) }),
    ...(differs("codes") && { Matcher: codes }),
  };
}

const PROTOCOLS = ["HTTP", "HTTPS"].map((value) => ({ value, label: value }));

interface NumberRule {
  label: string;
  description: string;
  min: number;
  max: number;
}

const NUMBERS: Record<"healthy" | "unhealthy" | "timeout" | "interval", NumberRule> = {
  healthy: {
    label: "Healthy threshold",
    description: "Consecutive successes before an unhealthy target is healthy.",
    min: 2,
    max: 10,
  },
  unhealthy: {
    label: "Unhealthy threshold",
    description: "Consecutive failures before a target is unhealthy.",
    min: 2,
    max: 10,
  },
  timeout: { label: "Timeout", description: "Seconds without an answer that are a failure.", min: 2, max: 120 },
  interval: { label: "Interval", description: "Seconds between two checks of a target.", min: 5, max: 300 },
};

export function isHealthCheckWrong(check: HealthCheck): boolean {
  return Object.entries(NUMBERS).some(([name, rule]) => numberError(rule, check[name as keyof HealthCheck]) !== null);
}

function numberError({ min, max }: NumberRule, value: string): string | null {
  const isFine = /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max;
  return isFine ? null : `A whole number from ${min} to ${max}.`;
}

interface HealthCheckFieldsProps {
  check: HealthCheck;
  set: (part: Partial<HealthCheck>) => void;
}

export function HealthCheckFields({ check, set }: HealthCheckFieldsProps) {
  const text = (name: keyof HealthCheck, label: string, description: string) => (
    <FormField label={label} description={description}>
      <Input value={check[name]} onChange={({ detail }) => set({ [name]: detail.value })} spellcheck={false} />
    </FormField>
  );
  return (
    <SpaceBetween size="l">
      <FormField label="Health check protocol">
        <Select
          selectedOption={{ value: check.protocol, label: check.protocol }}
          options={PROTOCOLS}
          onChange={({ detail }) => set({ protocol: detail.selectedOption.value ?? "HTTP" })}
        />
      </FormField>
      {text("path", "Health check path", "Up to 1024 characters, beginning with a slash.")}
      {text("port", "Health check port", "traffic-port for the port that the target gets requests on, or a number.")}
      {Object.entries(NUMBERS).map(([key, rule]) => {
        const name = key as keyof HealthCheck;
        return (
          <FormField
            key={name}
            label={rule.label}
            description={rule.description}
            constraintText={`${rule.min}-${rule.max}`}
            errorText={numberError(rule, check[name])}
          >
            <Input value={check[name]} inputMode="numeric" onChange={({ detail }) => set({ [name]: detail.value })} />
          </FormField>
        );
      })}
      {text("codes", "Success codes", "Codes of a healthy answer, such as 200,202 or 200-299.")}
    </SpaceBetween>
  );
}
