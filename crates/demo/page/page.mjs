// The page's one moving part: asks the shop (through the load balancer) and the control server (past it),
// and has memory, story and view do the rest. Requests to the shop go one after another, so that the history
// is in the order in which things happened.

import * as memories from "./memory.mjs";
import * as stories from "./story.mjs";
import * as view from "./view.mjs";

const STATE_INTERVAL_MS = 1000;
const ANSWER_TIMEOUT_MS = 15000;
const QUEUE_LENGTH = 20;
const LOAD_BALANCER_COOKIES = ["AWSALB", "AWSALBCORS", "AWSALBTG", "AWSALBTGCORS", ...[0, 1, 2, 3].map((n) => `AWSALBAPP-${n}`)];

const SECURE = location.protocol === "https:";

const control = document.querySelector("meta[name=elbow-control]").content;
let memory = memories.load(control, localStorage);
let state = null; // what the control server said last
let answer = null; // what a target said last
let story = null; // what there is to say about that answer
let failed = null; // the status of the last request, if it failed
let waiting = 0;
let queue = Promise.resolve();

// --- the shop ------------------------------------------------------------------------------------------

function ask(path = "/api/cart", { method = "GET", body, added, removed, forget = false } = {}) {
  if (waiting >= QUEUE_LENGTH) return queue;
  waiting += 1;
  queue = queue.then(async () => {
    try {
      const response = await fetch(path, {
        method, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
        ...(body && { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
      });
      if (response.type === "opaqueredirect") {
        // Somebody has sent everybody to HTTPS: there the page goes on. Loading this one again might end here again.
        const secure = SECURE ? null : pages()?.secure;
        if (secure) return location.assign(secure);
        throw Object.assign(new Error("led elsewhere"), { status: stories.LED_ELSEWHERE });
      }
      if (!response.ok) throw Object.assign(new Error(response.statusText), { status: response.status });
      heard(await response.json(), { added, removed, forget });
      await look();
      story = stories.story(facts());
    } catch (error) {
      failed = error.status ?? 0;
    }
    waiting -= 1;
    if (failed !== null) await look();
    show();
  });
  return queue;
}

function heard(said, { added, removed, forget }) {
  failed = null;
  answer = said;
  const before = forget ? memories.fresh(control) : memories.load(control, localStorage);
  memory = memories.note(before, said, { added, removed, name: nameOf, now: Date.now() });
  memories.save(memory, localStorage);
}

function startOver() {
  for (const name of LOAD_BALANCER_COOKIES) document.cookie = `${name}=; Max-Age=0; Path=/`;
  return ask("/api/session", { method: "DELETE", forget: true });
}

const nameOf = (address) => {
  const known = state?.targets.find((target) => address === target.address || address.endsWith(target.address));
  return known?.name ?? address;
};

// --- the control server --------------------------------------------------------------------------------

async function look() {
  if (control) await change("/state", null);
}

async function change(path, body) {
  try {
    const response = await fetch(control + path, body
      ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }
      : { cache: "no-store" });
    const said = await response.json();
    if (!response.ok) throw new Error(said.error);
    state = said;
    view.showNotice(state.balancer.error);
    return true;
  } catch (error) {
    view.showNotice(error instanceof TypeError ? "The demo's controls cannot be reached. Is elbow demo still running?" : error.message);
    return false;
  }
}

async function stick(mode) {
  if (await change("/stickiness", { mode })) await ask();
  show();
}

async function life(name, action, button) {
  if (button) button.disabled = true;
  const done = await change(`/targets/${encodeURIComponent(name)}/${action}`, {});
  if (button) button.disabled = false;
  show();
  // After a kill the next request is the interesting one: where does it go?
  if (done && action === "kill") await ask();
}

// --- the screen ----------------------------------------------------------------------------------------

const on = {
  ask: () => ask(),
  add: (sku) => ask("/api/cart/items", { method: "POST", body: { sku }, added: sku }),
  remove: (sku) => ask(`/api/cart/items/${sku}`, { method: "DELETE", removed: sku }),
  "start-over": startOver,
  stick: () => stick("lb_cookie"),
  kill: (event) => life(memory.last, "kill", event.currentTarget),
  revive: (event) => {
    const dead = state?.targets.find((target) => target.pid === null);
    return dead && life(dead.name, "revive", event.currentTarget);
  },
  life: (name, button) => life(name, button.dataset.action, button),
};

function show() {
  const alive = state?.targets.filter((target) => target.pid !== null).length;
  if (state) view.showMap(state, memory, failed === null ? memory.last : null, on);
  if (answer) {
    view.showShelf(answer.catalogue, on);
    view.showCart(answer.catalogue, memory.known, answer);
    view.showCookies(answer, document.cookie.split("; ").map((pair) => pair.split("=")[0]), SECURE);
    view.showWay(answer, SECURE, pages());
    view.showHistory(memory, state?.targets.map(({ name }) => name) ?? []);
  }
  if (failed !== null) view.showStory(stories.failure(failed, alive), on);
  else if (story) view.showStory({ ...story, actions: story.actions.filter(possible) }, on);
}

// Taken right after an answer, when the targets are as they were for it.
function facts() {
  const { outcome, from } = answer.stickiness;
  const old = from ? nameOf(from) : null;
  const target = answer.target.name;
  const targets = state?.targets ?? Object.entries(memory.held).map(([name, { pid }]) => ({ name, pid }));
  const others = targets.filter((other) => other.name !== target && memories.total(memories.holds(memory, other)) > 0);
  return {
    stickiness: state?.balancer.stickiness ?? (outcome && outcome !== "skipped" ? "lb_cookie" : "off"),
    sessions: answer.target.sessions,
    outcome,
    from: old,
    dead: targets.some(({ name, pid }) => name === old && pid !== memory.held[old]?.pid),
    target,
    known: memories.total(memory.known),
    missing: memories.total(memories.missing(memory, answer)),
    elsewhere: others.map(({ name }) => name),
    left: memory.moved?.from ?? null,
  };
}

// Nothing to kill or to switch without a control server; nobody to bring back while all are alive.
function possible(action) {
  if (action === "revive") return state?.targets.some(({ pid }) => pid === null);
  if (action === "kill") return state?.targets.some(({ name, pid }) => name === memory.last && pid !== null);
  return action !== "stick" || state?.balancer.stickiness === "off";
}

// Where the page is over HTTP and HTTPS; unknown without a control server.
function pages() {
  const { plain_page: plain, secure_page: secure } = state?.balancer ?? {};
  return plain && secure ? { plain, secure } : null;
}

function start() {
  document.getElementById("ask").onclick = on.ask;
  document.getElementById("start-over").onclick = on["start-over"];
  document.getElementById("modes").onchange = (event) => stick(event.target.value);
  if (!control) view.hideControls();
  setInterval(() => {
    if (document.hidden) return;
    if (document.getElementById("keep-asking").checked) ask();
    else if (control && waiting === 0) look().then(show);
  }, STATE_INTERVAL_MS);
  // First the names of the targets, then the first answer.
  look().then(() => ask());
}

start();
