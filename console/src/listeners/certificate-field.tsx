/** Chooses a certificate: one of Certificate Manager's from the list, or one of IAM's by its ARN. */
import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";
import { useAnswer } from "../live/use-answer";
import { issuedCertificates } from "./issued-certificates";

interface CertificateFieldProps {
  label: string;
  description?: string;
  arn: string;
  set: (arn: string) => void;
  errorText: string | false;
}

export function CertificateField({ label, description, arn, set, errorText }: CertificateFieldProps) {
  const { value: known, isLoading } = useAnswer("issued-certificates", issuedCertificates);
  const all = (known ?? []).map(({ CertificateArn = "", DomainName = CertificateArn, Type }) => ({
    value: CertificateArn,
    label: DomainName,
    description: CertificateArn,
    ...(Type && { tags: [Type] }),
  }));
  const chosen = all.find(({ value }) => value === arn);
  const typed = arn.toLowerCase();
  // Beside the one that is chosen all others are offered.
  const offered = chosen ? all : all.filter((it) => `${it.label} ${it.value}`.toLowerCase().includes(typed));
  return (
    <FormField label={label} description={description} constraintText={chosen?.label} errorText={errorText}>
      <Autosuggest
        value={arn}
        onChange={({ detail }) => set(detail.value)}
        options={offered}
        filteringType="manual"
        placeholder="Choose a certificate, or enter the ARN of one of IAM"
        enteredTextLabel={(value) => `Use: ${value}`}
        statusType={isLoading ? "loading" : "finished"}
        loadingText="Loading certificates"
        empty="Certificate Manager has no certificates."
        ariaLabel={label}
      />
    </FormField>
  );
}
