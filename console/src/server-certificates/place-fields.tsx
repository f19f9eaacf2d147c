/** Name and path of a server certificate, in a form. */
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Place } from "./questions";
import { nameError, pathError } from "./server-certificate";

interface PlaceFieldsProps {
  place: Place;
  set: (part: Partial<Place>) => void;
  /** Whether somebody has tried to submit: what is empty is wrong from then on. */
  isTried: boolean;
}

export function PlaceFields({ place: { name, path }, set, isTried }: PlaceFieldsProps) {
  return (
    <SpaceBetween size="l">
      <FormField
        label="Server certificate name"
        description="What commands and the certificate's ARN call it. No other certificate has it, in no path."
        constraintText="Up to 128 letters, digits and characters of _+=,.@-"
        errorText={(isTried || name !== "") && nameError(name)}
      >
        <Input value={name} spellcheck={false} onChange={({ detail }) => set({ name: detail.value })} />
      </FormField>
      <FormField
        label="Path"
        description="Sorts certificates, as folders do: it is part of the ARN."
        constraintText="Begins and ends with a slash: / or /shop/"
        errorText={pathError(path)}
      >
        <Input value={path} spellcheck={false} onChange={({ detail }) => set({ path: detail.value })} />
      </FormField>
    </SpaceBetween>
  );
}
