/** Whether a certificate is good, as everywhere in the console. */
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { standing } from "./certificate";

interface StatusProps {
  notAfter: Date | undefined;
  /** What one is that ends later. */
  good?: string;
}

export function Status({ notAfter, good = "Issued" }: StatusProps) {
  switch (standing(notAfter, new Date())) {
    case "expired":
      return <StatusIndicator type="error">Expired</StatusIndicator>;
    case "soon":
      return <StatusIndicator type="warning">Expires soon</StatusIndicator>;
    default:
      return <StatusIndicator type="success">{good}</StatusIndicator>;
  }
}
