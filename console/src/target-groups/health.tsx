/** The health of a target, as everywhere in the console. */
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";

const SHOWN: Record<string, { type: StatusIndicatorProps.Type; text: string }> = {
  healthy: { type: "success", text: "Healthy" },
  unhealthy: { type: "error", text: "Unhealthy" },
  initial: { type: "pending", text: "Initial" },
  draining: { type: "in-progress", text: "Draining" },
  unused: { type: "stopped", text: "Unused" },
  unavailable: { type: "info", text: "Unavailable" },
};

export function Health({ state }: { state: string | undefined }) {
  const { type, text } = SHOWN[state ?? ""] ?? { type: "info", text: state ?? "Unknown" };
  return <StatusIndicator type={type}>{text}</StatusIndicator>;
}
