/** An error as AWS tells it: code and message. */
import Alert, { type AlertProps } from "@cloudscape-design/components/alert";
import { type ReactNode, useEffect, useRef } from "react";
import type { ApiError } from "../api/errors";

export function Problem({ error, action }: { error: ApiError | undefined; action?: ReactNode }) {
  if (!error) return null;
  return (
    <Alert type="error" header={error.code} action={action}>
      {error.message}
    </Alert>
  );
}

/** The same of what somebody has just asked for: it takes the focus, so that it is seen, and read out. */
export function Refusal({ error }: { error: ApiError | undefined }) {
  const alert = useRef<AlertProps.Ref>(null);
  useEffect(() => {
    if (error) alert.current?.focus();
  }, [error]);
  if (!error) return null;
  return (
    <Alert ref={alert} type="error" header={error.code}>
      {error.message}
    </Alert>
  );
}
