/** The target groups of a forward action, with their weights and the stickiness of groups. */
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { allTargetGroups } from "../target-groups/questions";
import type { ActionFieldsProps } from "./action-fields";
import { stickySecondsError, weightError } from "./typed-action";

/** AWS's quota of groups in one action. */
const MOST_GROUPS = 5;
const SHARES = { label: { default: 12, xs: 6 }, weight: { default: 6, xs: 3 }, remove: { default: 6, xs: 3 } };

export function ForwardFields({ action, set }: ActionFieldsProps) {
  const { value: known } = useAnswer("target-groups", allTargetGroups);
  const options = (known ?? []).map(({ TargetGroupArn = "", TargetGroupName = "" }) => ({
    value: TargetGroupArn,
    label: TargetGroupName,
  }));
  const sum = action.groups.reduce((sum, { weight }) => sum + (Number(weight) || 0), 0);
  const edit = (index: number, part: { arn?: string; weight?: string }) =>
    set({ groups: action.groups.map((group, at) => (at === index ? { ...group, ...part } : group)) });
  return (
    <SpaceBetween size="m">
      {action.groups.map(({ arn, weight }, index) => (
        <Grid
          key={index}
          gridDefinition={[{ colspan: SHARES.label }, { colspan: SHARES.weight }, { colspan: SHARES.remove }]}
        >
          <FormField label={`Target group ${index + 1}`} stretch>
            <Select
              selectedOption={options.find(({ value }) => value === arn) ?? null}
              options={options}
              placeholder="Select a target group"
              empty="There are no target groups."
              onChange={({ detail }) => edit(index, { arn: detail.selectedOption.value ?? "" })}
            />
          </FormField>
          <FormField
            label={`Weight ${index + 1}`}
            constraintText={sum > 0 ? `${Math.round(((Number(weight) || 0) / sum) * 100)}%` : "0-999"}
            errorText={weightError(weight)}
            stretch
          >
            <Input
              value={weight}
              inputMode="numeric"
              onChange={({ detail }) => edit(index, { weight: detail.value })}
            />
          </FormField>
          <FormField label={<span aria-hidden>&nbsp;</span>}>
            <Button
              formAction="none"
              disabled={action.groups.length === 1}
              ariaLabel={`Remove target group ${index + 1}`}
              onClick={() => set({ groups: action.groups.filter((_, at) => at !== index) })}
            >
              Remove
            </Button>
          </FormField>
        </Grid>
      ))}
      <Button
        formAction="none"
        disabled={action.groups.length >= MOST_GROUPS}
        onClick={() => set({ groups: [...action.groups, { arn: "", weight: "1" }] })}
      >
        Add target group
      </Button>
      <Checkbox
        checked={action.isSticky}
        description="Needed where one of several groups has target stickiness: a client stays with its group, whatever the weights."
        onChange={({ detail }) => set({ isSticky: detail.checked })}
      >
        Turn on target group stickiness
      </Checkbox>
      {action.isSticky && (
        <FormField
          label="Target group stickiness duration"
          constraintText="1-604800 seconds."
          errorText={stickySecondsError(action.stickySeconds)}
        >
          <Input
            value={action.stickySeconds}
            inputMode="numeric"
            onChange={({ detail }) => set({ stickySeconds: detail.value })}
          />
        </FormField>
      )}
    </SpaceBetween>
  );
}
