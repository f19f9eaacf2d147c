// What HTTPS changes, in words: on the request's way, in each cookie, in what a target is told. No DOM here.

// Name; who sets it; its attributes over HTTP and what HTTPS adds; what it is for.
const COOKIES = [
  [/^AWSALB$/, "load balancer", "Path=/ · 7 days", "", "Names your target, sealed. A new value with each answer; the target stays."],
  [/^AWSALBCORS$/, "load balancer", "Path=/ · 7 days · SameSite=None", "Secure", "The same as AWSALB, for requests from other sites."],
  [/^AWSALBAPP-\d$/, "load balancer", "Path=/ · 7 days", "", "Names the target that goes with the application's cookie, sealed."],
  [/^AWSALBTG(CORS)?$/, "load balancer", "Path=/ · 7 days", "", "Names your target group, sealed."],
  [/^cart_session$/, "application", "Path=/ · until the browser closes · SameSite=Lax", "Secure", "Names your cart. Only who has this cart can find it."],
];
const FOREIGN = [null, "someone else", "", "", "Not part of this demo."];

export function cookieWords(name, secure) {
  const [, by, plain, added, meaning] = COOKIES.find(([pattern]) => pattern.test(name)) ?? FOREIGN;
  return { by, attributes: [plain, secure ? added : ""].filter(Boolean).join(" · "), meaning };
}

// The twin that a browser does not keep over HTTP, if the load balancer has set one.
export function droppedWords(names, secure) {
  if (secure || !names.includes("AWSALB") || names.includes("AWSALBCORS")) return null;
  return "AWSALBCORS was set, too, and your browser dropped it: SameSite=None counts only together with Secure, which needs HTTPS.";
}

// The request's way: `headers` are those that the target saw.
export function wayWords(secure, headers) {
  const version = valueOf(headers, "x-amzn-tls-version");
  return secure
    ? {
        short: ["HTTPS", version].filter(Boolean).join(", "),
        text: "Between your browser and the load balancer nobody can read or change your requests. Cookies marked Secure never leave your browser any other way.",
        link: "Compare with plain HTTP",
      }
    : {
        short: "plain HTTP",
        text: "Whoever sits on the way, in the same Wi-Fi for example, can read your cookies. With a copy of them anyone is you: same session, same cart. A rule leads to HTTPS from one address only, so that you can compare; the terminal shows the call that leads everybody there.",
        link: "Go on over HTTPS",
      };
}

// Rows of a table: what it is about, over HTTP, over HTTPS. The column in use shows what the target was really told.
export function comparison(secure, headers) {
  const told = (name, plain, safe) => {
    const seen = valueOf(headers, name) ?? "none";
    return [name, secure ? plain : seen, secure ? seen : safe];
  };
  return [
    ["On the way", "readable by anyone", "encrypted"],
    ["AWSALB", "sealed", "sealed; says inside that it is from HTTPS, so that it can be refused over HTTP"],
    ["AWSALBCORS", "SameSite=None: dropped by browsers", "SameSite=None; Secure: kept"],
    ["cart_session", "HttpOnly; SameSite=Lax", "HttpOnly; SameSite=Lax; Secure, which the load balancer adds"],
    told("x-forwarded-proto", "http", "https"),
    told("x-amzn-tls-version", "none", "TLSv1.3"),
    told("x-amzn-tls-cipher-suite", "none", "TLS_AES_128_GCM_SHA256, say"),
  ];
}

const valueOf = (headers, name) => headers.find((header) => header.name === name)?.value ?? null;
