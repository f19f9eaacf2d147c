import { useState } from "react";
import { useSignedIn } from "./session";

/** Whether somebody has been signed in since the page was loaded, and has not left. */
export function useHasSignedIn(): boolean {
  const { session, ended } = useSignedIn();
  const [before, setBefore] = useState(session !== null);
  const now = session !== null || (before && ended !== null);
  if (now !== before) setBefore(now);
  return now;
}
