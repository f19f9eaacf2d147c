/** The form of a new rule. */
import { CreateRuleCommand } from "@aws-sdk/client-elastic-load-balancing-v2";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import type { PageProps } from "../pages";
import { RuleForm, type TypedRule } from "./rule-form";
import { actionInput, NEW_ACTION } from "./typed-action";
import { conditionInput, NEW_CONDITION } from "./typed-condition";
import { NO_TRANSFORMS, transformsInput } from "./typed-transforms";

export default function AddRule({ parameters, query }: PageProps) {
  const listener = parameters["arn"] ?? "";
  const [typed, setTyped] = useState<TypedRule>({
    priority: query["priority"] ?? "1",
    conditions: [NEW_CONDITION],
    action: NEW_ACTION,
    transforms: NO_TRANSFORMS,
  });
  const transforms = transformsInput(typed.transforms);
  const operation = elbv2(
    "create-rule",
    new CreateRuleCommand({
      ListenerArn: listener,
      Priority: Number(typed.priority),
      Conditions: typed.conditions.map(conditionInput),
      Actions: [actionInput(typed.action)],
      ...(transforms.length > 0 && { Transforms: transforms }),
    }),
  );
  return (
    <RuleForm
      title="Add rule"
      listener={listener}
      typed={typed}
      set={setTyped}
      operation={operation}
      done="Successfully created rule."
      hasConditions
    />
  );
}
