// Puts what is known on the screen. Elements are made once and changed in place, so that focus stays where
// it is while the page follows the load balancer. No network here; what a button does is given in `on`.

import { comparison, cookieWords, droppedWords, wayWords } from "./https.mjs";
import { holds, total } from "./memory.mjs";
import { outcomeWords } from "./story.mjs";

const byId = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { data = {}, ...rest } = properties;
  Object.assign(element, rest);
  Object.assign(element.dataset, data);
  element.append(...children);
  return element;
}

function svg(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

function picture(sku) {
  const icon = svg("svg", { "aria-hidden": "true", class: "picture" });
  icon.append(svg("use", { href: `#${sku}` }));
  return icon;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

const price = (cents) => (cents / 100).toFixed(2);
const plural = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

export function showStory({ tone, headline, text, actions }, on) {
  byId("story").dataset.tone = tone;
  setText(byId("headline"), headline);
  setText(byId("explanation"), text);
  const labels = {
    stick: "Switch stickiness on", ask: "Ask again", kill: "Kill this target", revive: "Bring it back",
    "start-over": "Start over",
  };
  const place = byId("story-actions");
  if (place.dataset.actions === actions.join()) return;
  place.dataset.actions = actions.join();
  place.replaceChildren(...actions.map((action) => make("button", { type: "button", className: action === "kill" ? "danger" : "", onclick: on[action] }, labels[action])));
}

export function showShelf(catalogue, on) {
  const shelf = byId("shelf");
  if (shelf.childElementCount > 0) return;
  for (const { sku, name, price_cents: cents } of catalogue) {
    shelf.append(make("button", { type: "button", ariaLabel: `Add ${name}`, onclick: () => on.add(sku) },
      picture(sku), make("b", {}, name), make("small", {}, price(cents))));
    byId("lines").append(make("li", { hidden: true, data: { sku } },
      picture(sku), make("b", {}, name), make("span", { className: "quantity" }), make("span", { className: "gap" }),
      make("button", { type: "button", className: "small", ariaLabel: `Remove ${name}`, onclick: () => on.remove(sku) }, "×")));
  }
}

export function showCart(catalogue, known, answer) {
  const found = Object.fromEntries(answer.items.map(({ sku, quantity }) => [sku, quantity]));
  let cents = 0;
  for (const line of byId("lines").children) {
    const { sku } = line.dataset;
    const [has, had] = [found[sku] ?? 0, known[sku] ?? 0];
    line.hidden = had === 0;
    line.classList.toggle("lost", has === 0);
    setText(line.querySelector(".quantity"), has > 0 ? `× ${has}` : "");
    setText(line.querySelector(".gap"), had > has ? `${had - has} missing` : "");
    line.querySelector("button").hidden = has === 0;
    cents += has * (catalogue.find((product) => product.sku === sku)?.price_cents ?? 0);
  }
  const [has, had] = [total(found), total(known)];
  byId("cart-empty").hidden = had > 0;
  setText(byId("cart-count"), had === 0 ? "" : `${has} of ${plural(had, "item")} · ${price(cents)}`);
}

// The load balancer, its targets and what each holds. `current` answered the last request.
export function showMap(state, memory, current, on) {
  const { balancer, sessions, targets } = state;
  setText(byId("balancer-name"), balancer.name ? `load balancer ${balancer.name}` : "");
  byId("modes").disabled = balancer.stickiness === null;
  for (const radio of byId("modes").querySelectorAll("input")) radio.checked = radio.value === balancer.stickiness;
  const redis = sessions.kind === "redis";
  targets.forEach((target, index) => showTarget(targetCard(target, index, on), target, { memory, current, redis }));
  showFork(targets, current);
  byId("redis").hidden = !redis;
  if (redis) {
    setText(byId("redis-address"), sessions.address);
    showItems(byId("redis-holds"), current ? memory.held[current]?.items ?? {} : {}, "no cart of yours yet");
  }
  setText(byId("lead-memory"), redis ? "one shared Redis for the carts" : "its own memory");
}

function targetCard({ name, zone }, index, on) {
  const found = [...byId("targets").children].find((card) => card.dataset.name === name);
  if (found) return found;
  const card = make("li", { className: "target", data: { name, index: String(index) } },
    make("p", { className: "zone" }, `Zone ${zone}`),
    make("p", { className: "name" }, make("b", {}, name), make("span", { className: "pill" })),
    make("p", { className: "answered" }, "answered you"),
    make("div", { className: "memory" }, make("p", { className: "quiet" }, "in its memory:"), make("p", { className: "holds" })),
    make("p", { className: "counts quiet" }),
    make("button", { type: "button", className: "life", onclick: (event) => on.life(name, event.currentTarget) }));
  byId("targets").append(card);
  return card;
}

function showTarget(card, target, { memory, current, redis }) {
  const alive = target.pid !== null;
  const answered = current === target.name;
  card.classList.toggle("current", answered);
  card.classList.toggle("dead", !alive);
  const pill = card.querySelector(".pill");
  const health = target.health ?? "unknown";
  setText(pill, alive ? health : "killed");
  pill.dataset.tone = !alive || health === "unhealthy" ? "bad" : health === "healthy" ? "good" : "neutral";
  pill.title = target.health_reason ?? "";
  card.querySelector(".answered").hidden = !answered;
  const box = card.querySelector(".holds");
  card.querySelector(".memory").hidden = redis;
  if (!redis) {
    const nothing = alive ? "nothing of yours" : "gone";
    showItems(box, alive ? holds(memory, target) : {}, nothing);
  }
  const counts = `${plural(target.requests, "request")}${redis ? "" : ` · ${plural(target.sessions, "session")}`}`;
  setText(card.querySelector(".counts"), alive ? counts : "process killed");
  card.title = alive ? `${target.address}, process ${target.pid}` : target.address;
  const button = card.querySelector(".life");
  setText(button, alive ? "Kill (SIGKILL)" : "Bring back");
  button.classList.toggle("danger", alive && answered);
  button.ariaLabel = alive ? `Kill ${target.name} with SIGKILL` : `Bring ${target.name} back`;
  button.dataset.action = alive ? "kill" : "revive";
}

function showItems(box, items, nothing) {
  const wanted = JSON.stringify(items) + nothing;
  if (box.dataset.shown === wanted) return;
  box.dataset.shown = wanted;
  const pictures = Object.entries(items).flatMap(([sku, quantity]) => Array.from({ length: Math.min(quantity, 6) }, () => picture(sku)));
  const label = make("span", { className: "hidden-words" }, Object.entries(items).map(([sku, quantity]) => `${quantity} ${sku}`).join(", "));
  box.replaceChildren(...(pictures.length ? [...pictures.slice(0, 12), label] : [nothing]));
}

function showFork(targets, current) {
  const fork = byId("fork");
  const wanted = JSON.stringify(targets.map(({ name, pid }) => [pid !== null, name === current]));
  if (fork.dataset.shown === wanted) return;
  fork.dataset.shown = wanted;
  const width = 600 / targets.length;
  // The one in use is drawn last, over the others.
  const order = targets.map((target, index) => ({ target, index })).sort((a, b) => (a.target.name === current) - (b.target.name === current));
  fork.replaceChildren(...order.map(({ target, index }) => {
    const x = width * (index + 0.5);
    const kind = target.pid === null ? "dead" : target.name === current ? "current" : "";
    return svg("path", { d: `M300 0 C300 34 ${x} 18 ${x} 56`, class: kind });
  }));
}

export function showHistory(memory, names) {
  const rows = memory.history.map(({ at, target, outcome, from, found, known }) => {
    const { label, tone, meaning } = outcomeWords(outcome);
    const index = names.indexOf(target);
    return make("tr", {},
      make("td", { className: "time" }, new Date(at).toLocaleTimeString([], { hour12: false })),
      make("td", {}, make("span", { className: "chip", data: { index: String(index) } }, target)),
      make("td", {}, make("span", { className: "pill", data: { tone }, title: meaning }, label), from ? make("small", {}, `from ${from}`) : ""),
      make("td", { className: found < known ? "short" : "" }, known === 0 ? "–" : `${found} of ${known}`));
  });
  byId("history").replaceChildren(...rows);
}

export function showCookies(answer, readable, secure) {
  const sent = answer.cookies.filter(({ value }) => value !== "_remove_");
  const spare = answer.cookies.length - sent.length;
  const rows = sent.map(({ name, value, length }) => {
    const { by, attributes, meaning } = cookieWords(name, secure);
    const shown = length > value.length ? `${value}…` : value;
    const script = readable.includes(name) ? "readable by scripts" : "HttpOnly";
    return make("li", {},
      make("p", {}, make("b", {}, name), make("span", { className: "quiet" }, ` set by the ${by}`)),
      make("p", {}, make("code", {}, shown), make("span", { className: "quiet" }, ` ${length} characters`)),
      make("p", { className: "quiet" }, [attributes, script].filter(Boolean).join(" · ")),
      make("p", {}, meaning));
  });
  const dropped = droppedWords(sent.map(({ name }) => name), secure);
  if (dropped) rows.push(make("li", { className: "quiet" }, dropped));
  if (spare > 0) rows.push(make("li", { className: "quiet" }, `${plural(spare, "further AWSALBAPP cookie")} in reserve, with the value _remove_.`));
  if (rows.length === 0) rows.push(make("li", { className: "quiet" }, "Your browser sent no cookie with this request."));
  byId("cookies").replaceChildren(...rows);
  setText(byId("session-short"), `session ${answer.session}…`);
  byId("headers").replaceChildren(...[["answered by", `${answer.target.address}, process ${answer.target.pid}`], ...answer.headers.map(({ name, value }) => [name, value])]
    .flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
}

// How the request came, and a way to the other one; `pages` are where the page is over HTTP and HTTPS, if known.
export function showWay({ headers }, secure, pages) {
  const { short, text, link } = wayWords(secure, headers);
  byId("way").dataset.tone = secure ? "good" : "bad";
  setText(byId("way-short"), `you came by ${short}`);
  setText(byId("way-text"), text);
  const other = byId("way-link");
  other.hidden = !pages;
  // Over HTTP by the load balancer's own rule, which leads to HTTPS.
  if (pages) other.href = secure ? pages.plain : "/secure";
  setText(other, link);
  byId("way-rows").replaceChildren(...comparison(secure, headers).map(([about, ...columns]) => make("tr", {},
    make("th", { scope: "row" }, about),
    ...columns.map((words, index) => make("td", { className: (index === 1) === secure ? "used" : "" }, words)))));
}

export function showNotice(text) {
  const notice = byId("notice");
  notice.hidden = !text;
  setText(notice, text ?? "");
}

export function hideControls() {
  byId("modes").hidden = true;
  document.body.classList.add("no-controls");
}
