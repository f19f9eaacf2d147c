import { describe, expect, it } from "vitest";
import { barOf, imbalanceText } from "./sessions";

describe("sessions", () => {
  it("draws bars by the most", () => {
    expect([5, 10, 0].map((count) => barOf(count, [5, 10, 0]))).toEqual([50, 100, 0]);
    expect(barOf(0, [0, 0])).toBe(0);
    expect(barOf(0, [])).toBe(0);
  });

  it("tells imbalance, or that there is none to tell", () => {
    expect(imbalanceText({ maxToMean: 1.5, coefficientOfVariation: 0.333 })).toBe(
      "1.50 (coefficient of variation 0.33)",
    );
    expect(imbalanceText(undefined)).toBe("-");
  });
});
