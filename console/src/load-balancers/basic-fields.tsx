/** What the forms of both kinds of load balancers begin with: name, scheme, subnets. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { nameError } from "../target-groups/naming";

export interface TypedBasics {
  name: string;
  scheme: string;
  /** Separated by commas or spaces. */
  subnets: string;
}

export const NEW_BASICS: TypedBasics = { name: "", scheme: "internet-facing", subnets: "subnet-a, subnet-b" };

const SCHEMES = [
  { value: "internet-facing", label: "Internet-facing", description: "Has a public DNS name." },
  { value: "internal", label: "Internal", description: "Has an internal DNS name." },
];

export function subnetsIn({ subnets }: TypedBasics): string[] {
  return subnets.split(/[\s,]+/).filter(Boolean);
}

export function areBasicsWrong(typed: TypedBasics): boolean {
  return nameError(typed.name) !== null || subnetsIn(typed).length === 0;
}

interface FieldsProps {
  typed: TypedBasics;
  set: (part: Partial<TypedBasics>) => void;
  /** Whether the user has tried to save; what is not filled in yet is no error before. */
  isTried: boolean;
}

export function NameAndScheme({ typed, set, isTried }: FieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Load balancer name"
        constraintText="Up to 32 letters, digits and hyphens; no hyphen at the beginning or end."
        errorText={isTried && nameError(typed.name)}
      >
        <Input value={typed.name} onChange={({ detail }) => set({ name: detail.value })} spellcheck={false} />
      </FormField>
      <FormField label="Scheme" stretch>
        <RadioGroup value={typed.scheme} items={SCHEMES} onChange={({ detail }) => set({ scheme: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}

export function SubnetsField({ typed, set, isTried }: FieldsProps) {
  return (
    <FormField
      label="Subnets"
      description="One for each zone that the load balancer is in: those of --zone, or names of your own."
      errorText={isTried && subnetsIn(typed).length === 0 && "Enter a subnet."}
    >
      <Input value={typed.subnets} onChange={({ detail }) => set({ subnets: detail.value })} spellcheck={false} />
    </FormField>
  );
}
