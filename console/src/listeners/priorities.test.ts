import { expect, test } from "vitest";
import { newPriorities, nextPriority } from "./priorities";

const rule = (name: string, priority: number) => ({ RuleArn: name, Priority: String(priority) });
const [a, b, c] = [rule("a", 1), rule("b", 5), rule("c", 9)];

test("only rules that move get another number, of those that there are", () => {
  expect(newPriorities([a, b, c], [a, c, b])).toEqual([
    { RuleArn: "c", Priority: 5 },
    { RuleArn: "b", Priority: 9 },
  ]);
  expect(newPriorities([a, b, c], [a, b, c])).toEqual([]);
});

test("a new rule stands behind the others", () => {
  expect(nextPriority([])).toBe(10);
  expect(nextPriority([a, b, c, { RuleArn: "d", Priority: "default", IsDefault: true }])).toBe(10);
  expect(nextPriority([rule("e", 10)])).toBe(20);
  expect(nextPriority([rule("e", 50_000)])).toBe(50_000);
});
