// What the page says, told as the visits that it explains. Run: node --test crates/demo/page/

import assert from "node:assert/strict";
import test from "node:test";

import { fresh, holds, load, missing, note, save, total } from "./memory.mjs";
import { LED_ELSEWHERE, failure, outcomeWords, story } from "./story.mjs";

const target = (name, pid = 1) => ({ name, pid, address: `127.0.0.1:${pid}`, sessions: "memory" });
const answer = (by, items, outcome = null, from = null) => ({
  target: by, items: Object.entries(items).map(([sku, quantity]) => ({ sku, quantity })), removed: 0, stickiness: { outcome, from },
});
const told = (facts) => story({
  stickiness: "off", sessions: "memory", outcome: null, from: null, dead: false, target: "cart-1", known: 0, missing: 0, elsewhere: [], left: null, ...facts,
});

test("three items added in turn without stickiness: each target holds one, two are missing", () => {
  let memory = fresh("run");
  let last;
  for (const [by, sku] of [["cart-1", "apple"], ["cart-2", "bread"], ["cart-3", "lemon"]]) {
    last = answer(target(by), { [sku]: 1 });
    memory = note(memory, last, { added: sku, now: 0 });
  }
  assert.equal(total(memory.known), 3);
  assert.deepEqual(missing(memory, last), { apple: 1, bread: 1 });
  assert.deepEqual(holds(memory, target("cart-1")), { apple: 1 });
  assert.deepEqual(holds(memory, target("cart-1", 2)), {}, "a new process knows nothing");
  const { headline, text, tone, actions } = told({ target: "cart-3", known: 3, missing: 2, elsewhere: ["cart-1", "cart-2"] });
  assert.equal(headline, "2 of your 3 items are missing.");
  assert.match(text, /memory of cart-1 and cart-2/);
  assert.match(text, /Stickiness is off/);
  assert.equal(tone, "bad");
  assert.deepEqual(actions, ["stick"]);
});

test("a sticky visitor's target dies: the page says that the session moved, why, and what was lost", () => {
  let memory = note(fresh("run"), answer(target("cart-1"), { apple: 1 }, "new"), { added: "apple", now: 0 });
  memory = note(memory, answer(target("cart-2"), {}, "rebound:refused", "127.0.0.1:1"), { now: 1, name: () => "cart-1" });
  assert.deepEqual(memory.moved, { from: "cart-1", to: "cart-2", outcome: "rebound:refused" });
  const facts = { stickiness: "lb_cookie", outcome: "rebound:refused", from: "cart-1", dead: true, target: "cart-2", known: 1, missing: 1 };
  const { headline, text, actions } = told(facts);
  assert.equal(headline, "Your session moved from cart-1 to cart-2, and your item is gone.");
  assert.match(text, /^cart-1 is dead/);
  assert.match(text, /stay with cart-2 even when cart-1 comes back/);
  assert.deepEqual(actions, ["revive", "start-over"]);
  const later = told({ ...facts, outcome: "hit", from: null, left: "cart-1" });
  assert.equal(later.headline, "Your item died with cart-1.");
});

test("with Redis nothing is lost, and the page says that AWS advises it", () => {
  const facts = { sessions: "redis", stickiness: "lb_cookie", outcome: "rebound:unhealthy", from: "cart-1", dead: true, target: "cart-2", known: 2 };
  const { headline, text, tone } = told(facts);
  assert.match(headline, /nothing was lost/);
  assert.match(text, /AWS advises/);
  assert.equal(tone, "good");
});

test("each situation has words of its own", () => {
  const situations = [
    {}, { stickiness: "lb_cookie", outcome: "new" }, { known: 2 }, { known: 2, missing: 1 },
    { known: 2, stickiness: "lb_cookie", outcome: "hit" }, { known: 2, stickiness: "app_cookie", outcome: "new" },
    { known: 2, missing: 1, stickiness: "lb_cookie", outcome: "hit", elsewhere: ["cart-2"] },
    { known: 2, stickiness: "lb_cookie", outcome: "invalid:seal" },
    { known: 2, stickiness: "lb_cookie", outcome: "rebound:draining", from: "cart-2" }, { sessions: "redis" }, { sessions: "redis", known: 1, missing: 1 },
  ];
  const said = [...situations.map(told), failure(0, 3), failure(LED_ELSEWHERE, 3), failure(502, 0), failure(503, 2)];
  assert.equal(new Set(said.map(({ headline, text }) => headline + text)).size, said.length);
  for (const { headline, text } of said) assert.doesNotMatch(headline + text, /undefined|null|NaN/);
});

test("every outcome of the load balancer has a meaning", () => {
  for (const outcome of [null, "skipped", "new", "hit", "rebound:unhealthy", "rebound:expired", "invalid:key", "spilled", "refused"]) {
    assert.ok(outcomeWords(outcome).meaning, outcome);
  }
  assert.equal(outcomeWords("something:else").label, "something:else", "an unknown one is shown as it is");
});

test("what is remembered survives a reload, not a new run of the demo, and never a broken store", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const memory = note(fresh("run 1"), answer(target("cart-1"), { apple: 2 }), { now: 0 });
  save(memory, storage);
  assert.deepEqual(load("run 1", storage), memory);
  assert.deepEqual(load("run 2", storage), fresh("run 2"));
  storage.setItem("elbow-demo", "{broken");
  assert.deepEqual(load("run 1", storage), fresh("run 1"));
  storage.setItem = () => { throw new Error("full"); };
  save(memory, storage);
});

test("the history keeps the last twenty requests", () => {
  let memory = fresh("run");
  for (let now = 0; now < 30; now += 1) memory = note(memory, answer(target("cart-1"), {}), { now });
  assert.equal(memory.history.length, 20);
  assert.equal(memory.history[0].at, 29);
});
