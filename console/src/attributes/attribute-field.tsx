/** One attribute in a form: its kind decides what it looks like, its words what it says. */
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { type Attribute, refusal } from "./kind";
import type { Words } from "./words";

interface AttributeFieldProps {
  attribute: Attribute;
  words: Words;
  value: string;
  onChange: (value: string) => void;
}

export function AttributeField({ attribute, words, value, onChange }: AttributeFieldProps) {
  const { kind, withoutEffect } = attribute;
  const note = withoutEffect && `Kept and shown without effect: ${withoutEffect}.`;
  const description = [words.description, note].filter(Boolean).join(" ");
  if (kind.type === "flag" || kind.type === "alwaysTrue")
    return (
      <Checkbox
        checked={value === "true"}
        disabled={kind.type === "alwaysTrue"}
        description={description}
        onChange={({ detail }) => onChange(String(detail.checked))}
      >
        {words.label}
      </Checkbox>
    );
  const labels = words.values;
  return (
    <FormField
      label={words.label}
      description={description}
      constraintText={words.constraint}
      errorText={refusal(attribute, value)}
    >
      {kind.type === "oneOf" && labels ? (
        <RadioGroup
          value={value}
          items={kind.words.map((word) => {
            const { label, description } = labels[word] ?? { label: word };
            return { value: word, label, description };
          })}
          onChange={({ detail }) => onChange(detail.value)}
        />
      ) : (
        <Input value={value} onChange={({ detail }) => onChange(detail.value)} spellcheck={false} />
      )}
    </FormField>
  );
}
