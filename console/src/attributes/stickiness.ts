/** Stickiness as the form has it: what the API would refuse as a whole, and durations with a unit. */
import { attribute, STICKINESS } from "./target-group";
import type { Values } from "./values";
import { refusal } from "./kind";

export const UNITS = [
  { unit: "seconds", seconds: 1 },
  { unit: "minutes", seconds: 60 },
  { unit: "hours", seconds: 3600 },
  { unit: "days", seconds: 86_400 },
] as const;

export type Unit = (typeof UNITS)[number]["unit"];

export interface Duration {
  /** As it was typed. */
  number: string;
  unit: Unit;
}

export function durationOf(seconds: string): Duration {
  const count = Number(seconds);
  const fitting = UNITS.filter((it) => count > 0 && count % it.seconds === 0).at(-1) ?? UNITS[0];
  return { number: fitting.seconds === 1 ? seconds : String(count / fitting.seconds), unit: fitting.unit };
}

/** In seconds, as the attribute has it; text that is no number stays as it is, for the API's own words about it. */
export function secondsOf({ number, unit }: Duration): string {
  const factor = UNITS.find((it) => it.unit === unit)?.seconds ?? 1;
  const text = number.trim();
  return factor !== 1 && /^[0-9]+$/.test(text) ? String(Number(text) * factor) : text;
}

export function durationKey(values: Values): string {
  return values[STICKINESS.type] === "app_cookie" ? STICKINESS.appDuration : STICKINESS.lbDuration;
}

/** Why the API would refuse values for what they are together (S22), or null. */
export function nameRefusal(values: Values): string | null {
  const name = values[STICKINESS.appName] ?? "";
  const isAsked = values[STICKINESS.enabled] === "true" && values[STICKINESS.type] === "app_cookie";
  if (isAsked && name === "")
    return "You must set an application cookie name to enable stickiness of type 'app_cookie'";
  return refusal(attribute(STICKINESS.appName), name);
}

/** What a reader wants to know of a group's stickiness, in one line. */
export function summary(values: Values): string {
  if (values[STICKINESS.enabled] !== "true") return "Off";
  const { number, unit } = durationOf(values[durationKey(values)] ?? "");
  const kind =
    values[STICKINESS.type] === "app_cookie"
      ? `Application-based cookie ${values[STICKINESS.appName] ?? ""}`
      : "Load balancer generated cookie";
  return `${kind}, ${number} ${number === "1" ? unit.slice(0, -1) : unit}`;
}
