/**
 * What the value of an attribute may be, in the words of the API.
 *
 * The tables (`target-group.json` and so on) are written by a test of the API, and so is `refused.json`: values that it
 * refuses, and what it says then. `kind.test.ts` holds this file to it.
 */
import HEADER_NAMES from "./header-names.json";

export type Kind =
  | { type: "flag" | "alwaysTrue" | "cookieName" | "cookieNames" | "headerName" | "headerValue" }
  | { type: "serverName" | "trustStore" }
  | { type: "number" | "zeroOrNumber" | "offOrNumber"; min: number; max: number }
  | { type: "oneOf"; words: string[] }
  | { type: "text"; max: number };

export interface Attribute {
  key: string;
  kind: Kind;
  default: string;
  /** Why it is kept and shown and nothing else. */
  withoutEffect?: string;
}

const COOKIE_NAME_CHARS = 512;
const COOKIE_NAMES_CHARS = 1024;
const COOKIE_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/;
const RESERVED_COOKIES = "AWSALB";
const SERVER_NAME = /^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*$/;
const TRUST_STORE = /^arn:[^:]+:elasticloadbalancing:[^:]+:[^:]*:truststore\/[^/]+\/[^/]+$/;
const HEADER_NAME = /^[A-Za-z0-9_-]*$/;
const HEADER_VALUE = /^[A-Za-z0-9 _:;.,\\/'?!(){}[\]@<>=\-+*#&`|~^%]*$/;
const HEADER_VALUE_CHARS = 1024;

/** Why the API would refuse a value, or null. */
export function refusal({ key, kind }: Attribute, value: string): string | null {
  const must = (isFine: boolean, accepted: string) => (isFine ? null : `'${key}' value '${value}' must be ${accepted}`);
  switch (kind.type) {
    case "flag":
      return must(value === "true" || value === "false", "one of [true, false]");
    case "alwaysTrue":
      return must(value === "true", "'true': it cannot be changed");
    case "number":
      return must(isIn(kind, value), `between '${kind.min}-${kind.max}' inclusive`);
    case "zeroOrNumber":
      return must(value === "0" || isIn(kind, value), `0 or between '${kind.min}-${kind.max}' inclusive`);
    case "offOrNumber":
      return must(value === "off" || isIn(kind, value), `'off' or between '${kind.min}-${kind.max}' inclusive`);
    case "oneOf":
      return must(kind.words.includes(value), `one of [${kind.words.join(", ")}]`);
    case "cookieName":
      return cookieNameRefusal(value);
    case "cookieNames":
      return must(
        value.length <= COOKIE_NAMES_CHARS && (value === "" || value.split(" ").every(isCookieName)),
        `cookie names with one space between them, at most ${COOKIE_NAMES_CHARS} characters`,
      );
    case "serverName":
      return must(
        value === "" || (value.length <= 253 && SERVER_NAME.test(value)),
        "a name of DNS such as carts.internal",
      );
    case "trustStore":
      return must(value === "" || TRUST_STORE.test(value), "the ARN of a trust store");
    case "text":
      return must(value.length <= kind.max && /^[ -~]*$/.test(value), `at most ${kind.max} visible ASCII characters`);
    case "headerName":
      if (value.length > HEADER_NAMES.chars || !HEADER_NAME.test(value))
        return must(false, `at most ${HEADER_NAMES.chars} letters, digits, hyphens and underscores`);
      return must(!isTaken(value), "a header that nothing else is told by, such as X-Client-Subject");
    case "headerValue":
      return must(
        value.length <= HEADER_VALUE_CHARS && HEADER_VALUE.test(value),
        `at most ${HEADER_VALUE_CHARS} letters, digits, spaces and ordinary punctuation`,
      );
  }
}

function isIn({ min, max }: { min: number; max: number }, value: string): boolean {
  return /^[0-9]+$/.test(value) && Number(value) >= min && Number(value) <= max;
}

/** Whether a header of this name tells targets something else, or frames the request. */
function isTaken(name: string): boolean {
  const folded = name.toLowerCase().replaceAll("_", "-");
  const { framing, taken, takenBeginnings, ownBeginning, ownOfTls } = HEADER_NAMES;
  if (folded.startsWith(ownBeginning))
    return !ownOfTls.some((beginning) => folded.startsWith(ownBeginning + beginning));
  return [...framing, ...taken].includes(folded) || takenBeginnings.some((beginning) => folded.startsWith(beginning));
}

function isCookieName(value: string): boolean {
  return value !== "" && COOKIE_NAME.test(value);
}

function cookieNameRefusal(value: string): string | null {
  if (value.startsWith(RESERVED_COOKIES))
    return `Application cookie name '${value}' cannot start with the reserved prefixes AWSALB, AWSALBAPP, AWSALBTG`;
  if (value.length > COOKIE_NAME_CHARS || !COOKIE_NAME.test(value))
    return `Application cookie name '${value}' must have at most ${COOKIE_NAME_CHARS} characters, none of them a space or a separator`;
  return null;
}
