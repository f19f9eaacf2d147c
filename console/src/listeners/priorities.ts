/** Priorities of rules in a new order. */
import type { Rule, RulePriorityPair } from "@aws-sdk/client-elastic-load-balancing-v2";

/** The rules whose priority changes: the numbers stay as they are, and are given out anew. */
export function newPriorities(before: readonly Rule[], after: readonly Rule[]): RulePriorityPair[] {
  const numbers = before.map(({ Priority }) => Number(Priority));
  return after.flatMap(({ RuleArn, Priority }, index) => {
    const number = numbers[index];
    return number === undefined || number === Number(Priority) ? [] : [{ RuleArn, Priority: number }];
  });
}

/** A number for a new rule: behind all others, with room between. */
export function nextPriority(rules: readonly Rule[]): number {
  const STEP = 10;
  const MOST = 50_000;
  const taken = rules.filter(({ IsDefault }) => !IsDefault).map(({ Priority }) => Number(Priority));
  return Math.min(MOST, (Math.floor(Math.max(0, ...taken) / STEP) + 1) * STEP);
}
