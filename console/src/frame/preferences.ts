/** How somebody likes a table; kept in this browser. */
import { useState } from "react";

export interface Preferences {
  columns: readonly { id: string; visible: boolean }[];
  pageSize: number;
}

export function usePreferences(table: string, initial: Preferences): [Preferences, (next: Preferences) => void] {
  const key = `elbow-table-${table}`;
  const [preferences, setPreferences] = useState(() => read(key, initial));
  const set = (next: Preferences) => {
    localStorage.setItem(key, JSON.stringify(next));
    setPreferences(next);
  };
  return [preferences, set];
}

/** What was kept, with the columns that exist today. */
function read(key: string, initial: Preferences): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? "null") as Partial<Preferences> | null;
    const known = (kept?.columns ?? []).filter(({ id }) => initial.columns.some((column) => column.id === id));
    const missing = initial.columns.filter(({ id }) => !known.some((column) => column.id === id));
    return { columns: [...known, ...missing], pageSize: kept?.pageSize ?? initial.pageSize };
  } catch {
    return initial;
  }
}
