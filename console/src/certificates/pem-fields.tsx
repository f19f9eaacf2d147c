/** The fields of a certificate that somebody brings: itself, its key and its chain. */
import FormField from "@cloudscape-design/components/form-field";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { pemError } from "./certificate";
import type { Pem } from "./questions";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const BEGIN_KEY = "-----BEGIN PRIVATE KEY-----";

export const NEW_PEM: Pem = { body: "", key: "", chain: "" };

export function isPemWrong(pem: Pem): boolean {
  return Object.values(errorsOf(pem)).some((error) => error !== null);
}

function errorsOf({ body, key, chain }: Pem) {
  return {
    body: pemError(body, "certificate"),
    key: pemError(key, "key"),
    chain: chain.trim() === "" ? null : pemError(chain, "certificate"),
  };
}

interface PemFieldsProps {
  pem: Pem;
  set: (part: Partial<Pem>) => void;
  /** Whether somebody has tried to submit: what is empty is wrong from then on. */
  isTried: boolean;
  aboutChain: string;
}

export function PemFields({ pem, set, isTried, aboutChain }: PemFieldsProps) {
  const errors = errorsOf(pem);
  const field = (name: keyof Pem, label: string, description: string, placeholder: string) => (
    <FormField
      stretch
      label={label}
      description={description}
      errorText={(isTried || pem[name] !== "") && errors[name]}
    >
      <Textarea
        value={pem[name]}
        rows={6}
        spellcheck={false}
        autoComplete={false}
        placeholder={placeholder}
        onChange={({ detail }) => set({ [name]: detail.value })}
      />
    </FormField>
  );
  return (
    <SpaceBetween size="l">
      {field("body", "Certificate body", "The certificate alone.", BEGIN)}
      {field(
        "key",
        "Certificate private key",
        "Not encrypted. It is sealed in the database and shown nowhere; this connection must be one you trust.",
        BEGIN_KEY,
      )}
      {field("chain", "Certificate chain - optional", aboutChain, BEGIN)}
    </SpaceBetween>
  );
}
