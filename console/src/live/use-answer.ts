/** What the API answers, kept up to date: asked again every few seconds while the page is seen, and after each change. */
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api/errors";
import { useSignedIn } from "../session/session";
import { onChange } from "./changes";

const REFRESH_MS = 4000;

export interface Answer<T> {
  value: T | undefined;
  /** Why the last question was not answered; `value` is then what was known before. */
  error: ApiError | undefined;
  isLoading: boolean;
  refresh: () => void;
}

/** Asks `ask`, and again when `key` changes. */
export function useAnswer<T>(key: string, ask: () => Promise<T>): Answer<T> {
  const [known, setKnown] = useState<{ key: string; value?: T; error?: ApiError }>({ key });
  const asking = useRef(ask);
  useEffect(() => {
    asking.current = ask;
  });
  const { session } = useSignedIn();
  /** Of the questions; the answer to an older one is no news. */
  const latest = useRef(0);
  const refresh = useCallback(() => {
    const number = ++latest.current;
    const isStale = () => number !== latest.current;
    asking.current().then(
      (value) => {
        if (!isStale()) setKnown({ key, value });
      },
      (error: unknown) => {
        if (!isStale())
          setKnown((before) => ({ ...(before.key === key ? before : { key }), error: ApiError.of(error) }));
      },
    );
  }, [key]);
  const forget = useCallback(() => {
    latest.current++;
  }, []);
  useEffect(() => {
    if (!session) return;
    refresh();
    const tick = setInterval(() => {
      if (document.visibilityState === "visible") refresh();
    }, REFRESH_MS);
    const stop = onChange(refresh);
    return () => {
      clearInterval(tick);
      stop();
      forget();
    };
  }, [refresh, forget, session]);
  const current = known.key === key ? known : undefined;
  return {
    value: current?.value,
    error: current?.error,
    isLoading: current?.value === undefined && current?.error === undefined,
    refresh,
  };
}
