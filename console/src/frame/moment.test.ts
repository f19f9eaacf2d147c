import { describe, expect, test } from "vitest";
import { fromNow, moment } from "./moment";

describe("moments", () => {
  test.each([
    ["2026-11-22T15:13:26Z", "UTC", "November 22, 2026, 15:13 (UTC+00:00)"],
    ["2026-11-22T15:13:26Z", "Europe/Berlin", "November 22, 2026, 16:13 (UTC+01:00)"],
    ["2026-11-22T00:03:26Z", "UTC", "November 22, 2026, 00:03 (UTC+00:00)"],
    ["nonsense", "UTC", "-"],
    [undefined, "UTC", "-"],
  ])("%s in %s", (time, zone, told) => {
    expect(moment(time, zone)).toBe(told);
  });

  test.each([
    ["2026-11-25T12:00:00Z", "in 3 days"],
    ["2026-11-22T13:00:00Z", "in 1 hour"],
    ["2026-11-22T11:58:00Z", "2 minutes ago"],
    ["2026-11-22T12:00:05Z", "in 5 seconds"],
  ])("%s is %s", (time, told) => {
    expect(fromNow(time, new Date("2026-11-22T12:00:00Z"))).toBe(told);
  });
});
