/** Attributes by section: to read, and as fields of a form. */
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { AttributeField } from "./attribute-field";
import type { Attribute } from "./kind";
import { attributeIn, type Values } from "./values";
import type { Section, Words } from "./words";

export function SectionsToRead({ sections, values }: { sections: Section[]; values: Values }) {
  const views = sections.map(({ title, fields }) => (
    <SpaceBetween key={title} size="s">
      <Header variant="h3">{title}</Header>
      <KeyValuePairs
        columns={3}
        items={Object.entries(fields).map(([key, words]) => ({
          label: words.label,
          value: shown(words, values[key] ?? ""),
        }))}
      />
    </SpaceBetween>
  ));
  return <SpaceBetween size="l">{views}</SpaceBetween>;
}

interface FieldsProps {
  sections: Section[];
  table: Attribute[];
  values: Values;
  set: (part: Values) => void;
}

export function SectionsToEdit({ sections, table, values, set }: FieldsProps) {
  const forms = sections.map(({ title, description, fields }) => (
    <Container
      key={title}
      header={
        <Header variant="h2" description={description}>
          {title}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {Object.entries(fields).map(([key, words]) => (
          <AttributeField
            key={key}
            attribute={attributeIn(table, key)}
            words={words}
            value={values[key] ?? ""}
            onChange={(value) => set({ [key]: value })}
          />
        ))}
      </SpaceBetween>
    </Container>
  ));
  return <SpaceBetween size="l">{forms}</SpaceBetween>;
}

/** A value in words. */
function shown({ values, unit }: Words, value: string): string {
  if (value === "") return "-";
  const named = values?.[value]?.label;
  if (named) return named;
  if (value === "true") return "On";
  if (value === "false" || value === "off") return "Off";
  return unit ? `${value} ${unit}` : value;
}
