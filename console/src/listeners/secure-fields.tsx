/** How a listener of HTTPS is encrypted, in a form: policy, default certificate, certificates of clients. */
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useAnswer } from "../live/use-answer";
import { CertificateField } from "./certificate-field";
import { securityPolicies, trustStores } from "./questions";
import { MODES, type TypedSecure } from "./secure";

interface SecureFieldsProps {
  secure: TypedSecure;
  set: (part: Partial<TypedSecure>) => void;
  isTried: boolean;
}

export function SecureFields({ secure, set, isTried }: SecureFieldsProps) {
  const { value: policies, isLoading } = useAnswer("security-policies", securityPolicies);
  const options = (policies ?? []).map(({ Name = "", SslProtocols = [] }) => ({
    value: Name,
    label: Name,
    description: SslProtocols.toReversed().map(versionText).join(", "),
  }));
  return (
    <SpaceBetween size="l">
      <FormField
        label="Security policy"
        description="The versions of TLS and the ciphers that clients may use. Those with PQ in their names agree on post-quantum keys, too."
      >
        <Select
          selectedOption={
            options.find(({ value }) => value === secure.policy) ?? { value: secure.policy, label: secure.policy }
          }
          options={options}
          filteringType="auto"
          filteringAriaLabel="Filter security policies"
          statusType={isLoading ? "loading" : "finished"}
          loadingText="Loading security policies"
          onChange={({ detail }) => set({ policy: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <CertificateField
        label="Default SSL/TLS server certificate"
        description="For clients that name no server, or one that no other certificate of the listener is for."
        arn={secure.certificate}
        set={(certificate) => set({ certificate })}
        errorText={isTried && secure.certificate === "" && "A certificate must be specified for HTTPS listeners"}
      />
      <FormField label="Mutual authentication (mTLS)" stretch>
        <RadioGroup
          value={secure.mode}
          items={MODES}
          onChange={({ detail }) => set({ mode: MODES.find(({ value }) => value === detail.value)?.value ?? "off" })}
        />
      </FormField>
      {secure.mode === "verify" && <TrustStoreFields secure={secure} set={set} isTried={isTried} />}
    </SpaceBetween>
  );
}

function TrustStoreFields({ secure, set, isTried }: SecureFieldsProps) {
  const { value: stores, isLoading } = useAnswer("trust-stores to choose", trustStores);
  const options = (stores ?? []).map(({ TrustStoreArn = "", Name = "", NumberOfCaCertificates = 0 }) => ({
    value: TrustStoreArn,
    label: Name,
    description: NumberOfCaCertificates === 1 ? "1 authority" : `${NumberOfCaCertificates} authorities`,
  }));
  return (
    <SpaceBetween size="l">
      <FormField
        label="Trust store"
        errorText={
          isTried &&
          secure.trustStore === "" &&
          "A trust store must be specified for the mutual authentication mode 'verify'"
        }
      >
        <Select
          selectedOption={options.find(({ value }) => value === secure.trustStore) ?? null}
          options={options}
          placeholder="Select a trust store"
          filteringType="auto"
          statusType={isLoading ? "loading" : "finished"}
          loadingText="Loading trust stores"
          empty="There are no trust stores. Make one by aws elbv2 create-trust-store."
          onChange={({ detail }) => set({ trustStore: detail.selectedOption.value ?? "" })}
        />
      </FormField>
      <Checkbox checked={secure.ignoresExpiry} onChange={({ detail }) => set({ ignoresExpiry: detail.checked })}>
        Allow expired client certificates
      </Checkbox>
      <Checkbox
        checked={secure.advertisesNames}
        description="Clients are told which authorities the trust store has, so that they choose the right certificate."
        onChange={({ detail }) => set({ advertisesNames: detail.checked })}
      >
        Advertise trust store CA subject name
      </Checkbox>
    </SpaceBetween>
  );
}

/** `TLSv1.2` is `TLS 1.2`. */
function versionText(version: string): string {
  return version.replace(/^TLSv/, "TLS ");
}
