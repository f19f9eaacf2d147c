// What this browser remembers of the visitor's session: what it put into the cart, what each target was
// last seen to hold, whether the session moved, and the last requests. Kept in localStorage, so that a
// reload forgets nothing; no DOM and no network here.

const KEY = "elbow-demo";
const HISTORY_LENGTH = 20;

export function fresh(run) {
  return { run, known: {}, held: {}, last: null, moved: null, history: [] };
}

// `run` names one run of the demo: what is remembered from an earlier one is worth nothing.
export function load(run, storage) {
  try {
    const saved = JSON.parse(storage.getItem(KEY));
    return saved?.run === run ? { ...fresh(run), ...saved } : fresh(run);
  } catch {
    return fresh(run);
  }
}

export function save(memory, storage) {
  try {
    storage.setItem(KEY, JSON.stringify(memory));
  } catch {
    // A browser that stores nothing still shows everything until the next reload.
  }
}

export const total = (items) => Object.values(items).reduce((sum, quantity) => sum + quantity, 0);

// Takes in one answer. `added` is the product that this request added, if any; `name` turns an address into
// a target's name. Returns the new memory; the old one is left alone.
export function note(memory, answer, { added = null, removed = null, name = (address) => address, now }) {
  const found = Object.fromEntries(answer.items.map(({ sku, quantity }) => [sku, quantity]));
  const known = { ...memory.known };
  if (added) known[added] = (known[added] ?? 0) + 1;
  if (removed) known[removed] = Math.max(0, (known[removed] ?? 0) - answer.removed);
  // The cart may hold more than we knew, filled by another tab: then we know it now.
  for (const [sku, quantity] of Object.entries(found)) known[sku] = Math.max(known[sku] ?? 0, quantity);

  const { target, stickiness } = answer;
  const rebound = stickiness.outcome?.startsWith("rebound") ?? false;
  const from = stickiness.from ? name(stickiness.from) : null;
  const moved = rebound ? { from, to: target.name, outcome: stickiness.outcome } : memory.moved;
  const entry = {
    at: now, target: target.name, outcome: stickiness.outcome, from: rebound ? from : null,
    found: total(found), known: total(known),
  };
  return {
    run: memory.run,
    known,
    held: { ...memory.held, [target.name]: { pid: target.pid, items: found } },
    last: target.name,
    moved,
    history: [entry, ...memory.history].slice(0, HISTORY_LENGTH),
  };
}

// What is missing, product by product, in this answer.
export function missing(memory, answer) {
  const found = Object.fromEntries(answer.items.map(({ sku, quantity }) => [sku, quantity]));
  const gaps = Object.entries(memory.known).map(([sku, quantity]) => [sku, quantity - (found[sku] ?? 0)]);
  return Object.fromEntries(gaps.filter(([, gap]) => gap > 0));
}

// What a target holds of this visitor's cart as far as we saw; a process that is gone holds nothing.
export function holds(memory, target) {
  const held = memory.held[target.name];
  return held && held.pid === target.pid ? held.items : {};
}
