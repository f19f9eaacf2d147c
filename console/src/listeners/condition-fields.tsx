/** The conditions of a rule in a form. */
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { FIELDS, NEW_CONDITION, type TypedCondition } from "./typed-condition";

interface ConditionFieldsProps {
  conditions: TypedCondition[];
  set: (conditions: TypedCondition[]) => void;
}

const OPTIONS = FIELDS.map(({ value, label }) => ({ value, label }));

export function ConditionFields({ conditions, set }: ConditionFieldsProps) {
  const add = () => set([...conditions, NEW_CONDITION]);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A request must meet all of them; of the values of one, any will do."
          actions={
            <Button formAction="none" onClick={add}>
              Add condition
            </Button>
          }
        >
          Conditions
        </Header>
      }
    >
      <SpaceBetween size="l">
        {conditions.map((condition, index) => (
          <OneCondition
            // Conditions have no names; one that is removed takes its place with it.
            key={index}
            number={index + 1}
            condition={condition}
            set={(part) => set(conditions.map((it, at) => (at === index ? { ...it, ...part } : it)))}
            remove={() => set(conditions.filter((_, at) => at !== index))}
          />
        ))}
      </SpaceBetween>
    </Container>
  );
}

interface OneConditionProps {
  number: number;
  condition: TypedCondition;
  set: (part: Partial<TypedCondition>) => void;
  remove: () => void;
}

function OneCondition({ number, condition, set, remove }: OneConditionProps) {
  const { takesRegex, example } = FIELDS.find(({ value }) => value === condition.field) ?? FIELDS[1];
  return (
    <SpaceBetween size="s">
      <FormField
        label={`Condition ${number}`}
        secondaryControl={
          <Button formAction="none" onClick={remove} ariaLabel={`Remove condition ${number}`}>
            Remove
          </Button>
        }
      >
        <Select
          selectedOption={OPTIONS.find(({ value }) => value === condition.field) ?? null}
          options={OPTIONS}
          onChange={({ detail }) => set({ field: detail.selectedOption.value ?? "", isRegex: false })}
        />
      </FormField>
      {condition.field === "http-header" && (
        <FormField label="Header name">
          <Input value={condition.name} onChange={({ detail }) => set({ name: detail.value })} spellcheck={false} />
        </FormField>
      )}
      <FormField label={`Values of condition ${number}`} constraintText={`One a line, such as ${example}`}>
        <Textarea
          value={condition.values}
          rows={2}
          onChange={({ detail }) => set({ values: detail.value })}
          spellcheck={false}
        />
      </FormField>
      {takesRegex && (
        <Checkbox checked={condition.isRegex} onChange={({ detail }) => set({ isRegex: detail.checked })}>
          Regular expressions
        </Checkbox>
      )}
    </SpaceBetween>
  );
}
