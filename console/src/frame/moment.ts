/** A moment as AWS's console writes it: `November 22, 2026, 16:13 (UTC+01:00)`. */

const DAY: Intl.DateTimeFormatOptions = { year: "numeric", month: "long", day: "numeric" };
const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** In the reader's time zone, or in another one. */
export function moment(time: string | Date | undefined, timeZone?: string): string {
  if (time === undefined) return "-";
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return "-";
  const format = new Intl.DateTimeFormat("en-US", { ...DAY, ...TIME, timeZone, timeZoneName: "longOffset" });
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? "";
  const offset = part("timeZoneName").replace("GMT", "") || "+00:00";
  return `${part("month")} ${part("day")}, ${part("year")}, ${part("hour")}:${part("minute")} (UTC${offset})`;
}

/** How far a moment is from now, in the largest unit that says something: `in 3 days`, `2 minutes ago`. */
export function fromNow(time: string | Date | undefined, now: Date): string {
  if (time === undefined) return "-";
  const seconds = (new Date(time).getTime() - now.getTime()) / 1000;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat("en", { numeric: "always" }).format(Math.round(seconds / length), unit);
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;
