/** One attribute in a form: its kind decides what it looks like, its words what it says. */
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import { refusal } from "../attributes/kind";
import { attribute } from "../attributes/target-group";
import type { Words } from "../attributes/words";

interface AttributeFieldProps {
  name: string;
  words: Words;
  value: string;
  onChange: (value: string) => void;
}

export function AttributeField({ name, words, value, onChange }: AttributeFieldProps) {
  const declared = attribute(name);
  if (declared.kind.type === "flag")
    return (
      <Checkbox
        checked={value === "true"}
        description={words.description}
        onChange={({ detail }) => onChange(String(detail.checked))}
      >
        {words.label}
      </Checkbox>
    );
  const labels = words.values;
  return (
    <FormField
      label={words.label}
      description={words.description}
      constraintText={words.constraint}
      errorText={refusal(declared, value)}
    >
      {declared.kind.type === "oneOf" && labels ? (
        <RadioGroup
          value={value}
          items={declared.kind.words.map((word) => {
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
