/** Chooses a certificate: one of Certificate Manager's or of IAM's from the list, or any by its ARN. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import { useAnswer } from "../live/use-answer";
import { choices, knownCertificates } from "./known-certificates";

interface CertificateFieldProps {
  label: string;
  description?: string;
  arn: string;
  set: (arn: string) => void;
  errorText: string | false;
}

export function CertificateField({ label, description, arn, set, errorText }: CertificateFieldProps) {
  const { value: known = [], isLoading } = useAnswer("known-certificates", knownCertificates);
  const chosen = known.find((it) => it.arn === arn);
  return (
    <FormField
      label={label}
      description={description}
      constraintText={chosen && `${chosen.name}, from ${chosen.source}`}
      errorText={errorText}
    >
      <Autosuggest
        value={arn}
        onChange={({ detail }) => set(detail.value)}
        options={choices(known, arn)}
        filteringType="manual"
        placeholder="Choose a certificate, or enter its ARN"
        enteredTextLabel={(value) => `Use: ${value}`}
        statusType={isLoading ? "loading" : "finished"}
        loadingText="Loading certificates"
        empty="There are no certificates: import, request or upload one on the page Certificates."
        ariaLabel={label}
      />
    </FormField>
  );
}
