/** Makes a change: whether it is under way, and what was wrong with the last try. */
import { useState } from "react";
import { ApiError } from "../api/errors";
import { somethingChanged } from "../live/changes";

export interface Change {
  isRunning: boolean;
  error: ApiError | undefined;
  /** Runs `change`; true when it went well. */
  run: (change: () => Promise<unknown>) => Promise<boolean>;
}

export function useChange(): Change {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ApiError>();
  const run = async (change: () => Promise<unknown>) => {
    setRunning(true);
    setError(undefined);
    try {
      await change();
      return true;
    } catch (caught) {
      setError(ApiError.of(caught));
      return false;
    } finally {
      setRunning(false);
      somethingChanged();
    }
  };
  return { isRunning, error, run };
}
