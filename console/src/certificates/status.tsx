/** Whether a certificate is good, as everywhere in the console. */
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { standing } from "./certificate";

export function Status({ notAfter }: { notAfter: Date | undefined }) {
  switch (standing(notAfter, new Date())) {
    case "expired":
      return <StatusIndicator type="error">Expired</StatusIndicator>;
    case "soon":
      return <StatusIndicator type="warning">Expires soon</StatusIndicator>;
    default:
      return <StatusIndicator type="success">Issued</StatusIndicator>;
  }
}
