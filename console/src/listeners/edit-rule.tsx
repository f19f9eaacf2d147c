/** The form of a rule that is there, or of a listener's default. */
import { ModifyListenerCommand, ModifyRuleCommand, type Rule } from "@aws-sdk/client-elastic-load-balancing-v2";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { Frame, Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { crumbsTo } from "./places";
import { rulesOf } from "./questions";
import { RuleForm, type TypedRule } from "./rule-form";
import { actionInput, typedAction } from "./typed-action";
import { conditionInput, typedCondition } from "./typed-condition";
import { transformsInput, typedTransforms } from "./typed-transforms";

const TITLE = "Edit rule";

export default function EditRule({ parameters }: PageProps) {
  const { arn: listener = "", rule: arn = "" } = parameters;
  const { value: rules, error } = useAnswer(`rules ${listener}`, () => rulesOf(listener));
  const rule = rules?.find(({ RuleArn }) => RuleArn === arn);
  if (rule) return <EditFound listener={listener} rule={rule} />;
  const content = error ? <Problem error={error} /> : rules ? "This rule is gone." : <Loading />;
  return <Frame title={TITLE} breadcrumbs={crumbsTo(listener)} content={content} />;
}

function EditFound({ listener, rule }: { listener: string; rule: Rule }) {
  const [typed, setTyped] = useState<TypedRule>(() => ({
    conditions: (rule.Conditions ?? []).map(typedCondition),
    action: typedAction(rule.Actions),
    transforms: typedTransforms(rule.Transforms),
  }));
  const Actions = [actionInput(typed.action)];
  const Conditions = typed.conditions.map(conditionInput);
  const Transforms = transformsInput(typed.transforms);
  const had = (rule.Transforms?.length ?? 0) > 0;
  // Transforms that are not told stay; to have none is a word of its own.
  const transforms = Transforms.length > 0 ? { Transforms } : had ? { ResetTransforms: true } : {};
  const operation = rule.IsDefault
    ? elbv2("modify-listener", new ModifyListenerCommand({ ListenerArn: listener, DefaultActions: Actions }))
    : elbv2("modify-rule", new ModifyRuleCommand({ RuleArn: rule.RuleArn, Conditions, Actions, ...transforms }));
  return (
    <RuleForm
      title={TITLE}
      listener={listener}
      typed={typed}
      set={setTyped}
      operation={operation}
      done="Successfully modified rule."
      hasConditions={!rule.IsDefault}
    />
  );
}
