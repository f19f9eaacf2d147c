/** Tells everybody who shows something that something has changed. */

const listeners = new Set<() => void>();

export function somethingChanged() {
  for (const listener of listeners) listener();
}

export function onChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
