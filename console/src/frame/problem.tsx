/** An error as AWS tells it: code and message. */
import Alert from "@cloudscape-design/components/alert";
import type { ReactNode } from "react";
import type { ApiError } from "../api/errors";

export function Problem({ error, action }: { error: ApiError | undefined; action?: ReactNode }) {
  if (!error) return null;
  return (
    <Alert type="error" header={error.code} action={action}>
      {error.message}
    </Alert>
  );
}
