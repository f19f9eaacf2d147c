import { describe, expect, it } from "vitest";
import { imbalanceText } from "./sessions";

describe("sessions", () => {
  it("tells imbalance, or that there is none to tell", () => {
    expect(imbalanceText({ maxToMean: 1.5, coefficientOfVariation: 0.333 })).toBe(
      "1.50 (coefficient of variation 0.33)",
    );
    expect(imbalanceText(undefined)).toBe("-");
  });
});
