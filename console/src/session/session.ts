/**
 * Who is signed in. Kept in this tab's session storage and nowhere else.
 *
 * A session that the API no longer accepts is not thrown away with the page: the page stays as it is behind the sign-in
 * page, with all that was typed, and goes on with the next session.
 */
import { useSyncExternalStore } from "react";

export interface Session {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
}

export interface SignedIn {
  session: Session | null;
  /** Why the last session is over, in the API's words. */
  ended: string | null;
}

const KEY = "elbow-session";
const listeners = new Set<() => void>();
let state: SignedIn = { session: read(), ended: null };

export function currentSession(): Session | null {
  return state.session;
}

export function signIn(session: Session) {
  change({ session, ended: null });
}

/** Ends the session: `why` is null for somebody who leaves. */
export function signOut(why: string | null = null) {
  change({ session: null, ended: why });
}

/** Says on the sign-in page why there is no session. */
export function explain(why: string) {
  change({ ...state, ended: why });
}

export function useSignedIn(): SignedIn {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

function change(next: SignedIn) {
  state = next;
  if (next.session) sessionStorage.setItem(KEY, JSON.stringify(next.session));
  else sessionStorage.removeItem(KEY);
  for (const listener of listeners) listener();
}

function read(): Session | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return isSession(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function isSession(value: unknown): value is Session {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Record<string, unknown>;
  return ["accessKeyId", "secretAccessKey", "region"].every((name) => typeof fields[name] === "string");
}
