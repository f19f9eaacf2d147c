// The words: what just happened to the visitor's cart, and why. Facts go in, a headline, an explanation,
// a tone and what to try next come out. No DOM here.

const count = (number) => (number === 1 ? "1 item" : `${number} items`);
const isAre = (number) => (number === 1 ? "is" : "are");
const all = (number) => (number === 1 ? "Your item" : number === 2 ? "Both items" : `All ${number} items`);
// "1 of your 3 items", and "all 3 items" where nothing is left.
const part = (missing, known) => (missing === known ? all(known) : `${missing} of your ${known} items`);
const list = (names) => names.join(" and ");

const COOKIE = { lb_cookie: "AWSALB", app_cookie: "AWSALBAPP-0" };

// Why a session left its target, by the word after `rebound:`. "…" is the target.
const LEFT_BECAUSE = {
  unhealthy: "… failed its health checks",
  refused: "… refused the connection",
  draining: "… is being taken out of service",
  deregistered: "… is no longer registered",
  expired: "you were away for longer than the stickiness duration",
  other_group: "the cookie was for another target group",
  no_application_cookie: "the application's cookie was missing",
};

const because = (outcome, target) => (LEFT_BECAUSE[outcome.split(":")[1]] ?? "… could not take your request").replace("…", target);

const WHY_INVALID = "The stickiness cookie could not be used, so the load balancer chose a target anew and set a fresh cookie.";

// Facts about one answer:
//   stickiness  off, lb_cookie or app_cookie      outcome  what the load balancer said, or null
//   sessions    memory or redis                   target   who answered
//   known       items that the visitor put in     from     whom a moved session was taken from, or null
//   missing     how many of them were not found   dead     whether the process of `from` is dead
//   elsewhere   other targets that still have some of them in memory
//   left        the target that the session moved away from some time ago, or null
export function story(facts) {
  if (facts.sessions === "redis") return shared(facts);
  if (facts.known === 0) return empty(facts);
  if (facts.outcome?.startsWith("rebound") && facts.from !== facts.target) return moved(facts);
  if (facts.stickiness === "off") return off(facts);
  return sticky(facts);
}

// Stands for the status of a redirect, which browsers do not tell.
export const LED_ELSEWHERE = 300;

// The load balancer or a target did not give us a cart.
export function failure(status, aliveTargets) {
  if (aliveTargets === 0) {
    return {
      tone: "bad", headline: "All three targets are dead.",
      text: "There is nobody left to send your request to, so the load balancer answers with an error itself. Bring a target back.",
      actions: ["revive"],
    };
  }
  if (status === 0) {
    return {
      tone: "bad", headline: "No answer.",
      text: "The load balancer cannot be reached. Is elbow demo still running in its terminal?", actions: ["ask"],
    };
  }
  if (status === LED_ELSEWHERE) {
    return {
      tone: "bad", headline: "The load balancer leads your requests elsewhere.",
      text: "A rule or the listener answers them with a redirect, so no target has your cart. Change it back, or go to where it leads.",
      actions: ["ask"],
    };
  }
  return {
    tone: "bad", headline: `The answer was an error: ${status}.`,
    text: "The load balancer found no target that answered properly. Ask again in a moment.", actions: ["ask"],
  };
}

function empty({ stickiness, target }) {
  return stickiness === "off"
    ? {
        tone: "neutral", headline: "Add a few things to your cart, and watch.",
        text: `Stickiness is off: your requests go to the three targets in turn. This answer came from ${target}; the next one will come from another, which knows nothing of your cart.`,
        actions: [],
      }
    : {
        tone: "neutral", headline: "Add a few things to your cart, and watch.",
        text: `Stickiness is on: the cookie ${COOKIE[stickiness] ?? ""} keeps you on ${target}. So whatever you add will be found again.`,
        actions: [],
      };
}

function shared({ outcome, from, target, known, missing, stickiness }) {
  const advice = "AWS advises the same (Well-Architected, REL05-BP06): keep servers stateless and sessions in a shared store. Then stickiness is a help, not a need.";
  if (missing > 0) {
    return {
      tone: "bad", headline: `${part(missing, known)} ${isAre(missing)} missing, even from Redis.`,
      text: "The session in Redis does not have them: it has run out, or Redis was emptied.", actions: ["start-over"],
    };
  }
  if (outcome?.startsWith("rebound")) {
    return {
      tone: "good", headline: `You moved from ${from ?? "your target"} to ${target}, and nothing was lost.`,
      text: `Carts are kept in Redis, not in the targets, so ${target} found yours there. ${advice}`, actions: [],
    };
  }
  return {
    tone: "good",
    headline: known === 0 ? "Add things, kill targets: nothing will be lost." : `${all(known)} ${isAre(known)} here, whoever answers.`,
    text: `Carts are kept in Redis, which all targets share${stickiness === "off" ? ", so it does not matter that stickiness is off" : ""}. Kill the target that answers you: nothing gets lost. ${advice}`,
    actions: ["kill"],
  };
}

function moved({ outcome, from, dead, target, known, missing }) {
  const old = from ?? "your target";
  const why = dead ? `${old} is dead` : because(outcome, old);
  const loss = dead
    ? `What you had put into your cart was in the memory of ${old} and died with it: no cookie can bring that back.`
    : `${target} does not have what is in the memory of ${old}.`;
  return {
    tone: "moved",
    headline: `Your session moved from ${old} to ${target}${missing > 0 ? `, and ${part(missing, known).replace(/^[ABY]/, (c) => c.toLowerCase())} ${isAre(missing)} ${dead ? "gone" : "missing"}` : ""}.`,
    text: `${why.startsWith(old) ? why : why.charAt(0).toUpperCase() + why.slice(1)}, so the load balancer chose ${target} for you and changed your cookie. ${
      missing > 0 ? loss : "Nothing was lost."
    } You stay with ${target} even when ${old} comes back, because going back would show you an old cart.`,
    actions: [...(dead ? ["revive"] : []), ...(missing > 0 ? ["start-over"] : [])],
  };
}

function off({ target, known, missing, elsewhere }) {
  if (missing === 0) {
    return {
      tone: "neutral", headline: `${all(known)} ${isAre(known)} here, by luck.`,
      text: `This request happened to reach ${target}, which has ${known === 1 ? "it" : "them"} in its memory. Stickiness is off, so the next request goes to another target. Ask again and see.`,
      actions: ["ask"],
    };
  }
  const rest = elsewhere.length > 0
    ? `The rest is in the memory of ${list(elsewhere)}.`
    : "The rest was in the memory of a process that is dead.";
  return {
    tone: "bad", headline: `${part(missing, known)} ${isAre(missing)} missing.`,
    text: `${target} answered this time, and it only knows what you added while it was answering. ${rest} Stickiness is off: nothing keeps you on one target.`,
    actions: ["stick"],
  };
}

function sticky({ stickiness, outcome, target, known, missing, elsewhere, left }) {
  const cookie = COOKIE[stickiness] ?? "of the load balancer";
  if (missing > 0 && elsewhere.length > 0) {
    return {
      tone: "moved", headline: `${part(missing, known)} ${isAre(missing)} still with ${list(elsewhere)}.`,
      text: `They went there before you were kept on one target. From now on the cookie ${cookie} keeps you on ${target}: what you add now is found again.`,
      actions: ["start-over"],
    };
  }
  if (missing > 0) {
    const where = left && left !== target ? left : "a target that was killed";
    return {
      tone: "moved", headline: `${part(missing, known)} died with ${where}.`,
      text: `They were in its memory only. Your session is on ${target} now and stays there. To lose nothing, keep sessions outside the targets: elbow demo --sessions redis://…`,
      actions: ["start-over"],
    };
  }
  if (outcome === "hit") {
    return {
      tone: "good", headline: `${all(known)} ${isAre(known)} here, and will be next time.`,
      text: `The cookie ${cookie} told the load balancer that you belong to ${target}, so it sent you there. Other visitors go elsewhere; you stay.`,
      actions: ["kill"],
    };
  }
  if (outcome?.startsWith("invalid")) {
    return { tone: "neutral", headline: `You start afresh, on ${target}.`, text: WHY_INVALID, actions: [] };
  }
  return {
    tone: "good", headline: `From now on ${target} answers you.`,
    text: `The load balancer chose it and set the cookie ${cookie}. As long as ${target} lives, all your requests go there.`,
    actions: ["ask"],
  };
}

// What the word in the history means.
export function outcomeWords(outcome) {
  if (!outcome || outcome === "skipped") return { label: "off", tone: "neutral", meaning: "no stickiness: the next target in turn" };
  const [word] = outcome.split(":");
  const words = {
    new: { tone: "new", meaning: "first request: a target was chosen and a cookie set" },
    hit: { tone: "good", meaning: "the cookie led to its target" },
    rebound: { tone: "moved", meaning: `another target was chosen, because ${because(outcome, "the old one")}` },
    invalid: { tone: "bad", meaning: "the cookie could not be used" },
    spilled: { tone: "moved", meaning: "sent elsewhere for this request only" },
    refused: { tone: "bad", meaning: "the target was not allowed to take it" },
  };
  return { label: outcome, ...(words[word] ?? { tone: "neutral", meaning: "" }) };
}
