/** The form of a rule, new or changed. */
import FormField from "@cloudscape-design/components/form-field";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import { type Dispatch, type SetStateAction, useState } from "react";
import type { Sendable } from "../commands/operation";
import { FormPage } from "../frame/form-page";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { go } from "../routing/route";
import { ActionFields } from "./action-fields";
import { ConditionFields } from "./condition-fields";
import { crumbsTo, listenerHref } from "./places";
import { isActionWrong, type TypedAction } from "./typed-action";
import { isConditionWrong, type TypedCondition } from "./typed-condition";
import { TransformFields } from "./transform-fields";
import { isTransformWrong, type TypedTransforms } from "./typed-transforms";

export interface TypedRule {
  /** Of a new rule. */
  priority?: string;
  conditions: TypedCondition[];
  action: TypedAction;
  transforms: TypedTransforms;
}

interface RuleFormProps {
  title: string;
  listener: string;
  typed: TypedRule;
  set: Dispatch<SetStateAction<TypedRule>>;
  /** What is sent for what was typed. */
  operation: Sendable<unknown>;
  done: string;
  hasConditions: boolean;
}

export function RuleForm({ title, listener, typed, set, operation, done, hasConditions }: RuleFormProps) {
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const wrongPriority = typed.priority === undefined ? null : priorityError(typed.priority);
  const isIncomplete =
    (hasConditions && (typed.conditions.length === 0 || typed.conditions.some(isConditionWrong))) ||
    isActionWrong(typed.action) ||
    isTransformWrong(typed.transforms);
  const leave = () => go(listenerHref(listener));
  const save = async () => {
    setTried(true);
    if (wrongPriority !== null || isIncomplete || !(await run(operation.send))) return;
    notify("success", done);
    leave();
  };
  return (
    <FormPage
      title={title}
      breadcrumbs={[...crumbsTo(listener), { text: "Listener", href: listenerHref(listener) }]}
      error={error}
      hint={
        isTried && isIncomplete
          ? "Give each condition its values, and the action and transforms what they need."
          : undefined
      }
      operations={[operation]}
      submitText="Save changes"
      isSubmitting={isRunning}
      onCancel={leave}
      onSubmit={save}
    >
      {hasConditions && (
        <ConditionFields conditions={typed.conditions} set={(conditions) => set((old) => ({ ...old, conditions }))} />
      )}
      <ActionFields
        action={typed.action}
        set={(part) => set((old) => ({ ...old, action: { ...old.action, ...part } }))}
      />
      {hasConditions && (
        <TransformFields
          transforms={typed.transforms}
          set={(transforms) => set((old) => ({ ...old, transforms }))}
          isTried={isTried}
        />
      )}
      {typed.priority !== undefined && (
        <Container header={<Header variant="h2">Rule priority</Header>}>
          <FormField
            label="Priority"
            description="Rules are looked at from the lowest to the highest."
            constraintText="1-50000"
            errorText={wrongPriority}
          >
            <Input
              value={typed.priority}
              inputMode="numeric"
              onChange={({ detail }) => set((old) => ({ ...old, priority: detail.value }))}
            />
          </FormField>
        </Container>
      )}
    </FormPage>
  );
}

function priorityError(priority: string): string | null {
  const isFine = /^[0-9]+$/.test(priority) && Number(priority) >= 1 && Number(priority) <= 50_000;
  return isFine ? null : "A whole number from 1 to 50000.";
}
