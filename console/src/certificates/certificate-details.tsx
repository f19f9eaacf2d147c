/** What a certificate says. */
import type { CertificateDetail } from "@aws-sdk/client-acm";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { moment } from "../frame/moment";
import { algorithmOf, idOf, typeOf } from "./certificate";
import { Status } from "./status";

export function CertificateDetails({ certificate: it }: { certificate: CertificateDetail }) {
  const [since, at] = it.Type === "IMPORTED" ? ["Imported at", it.ImportedAt] : ["Issued at", it.IssuedAt];
  return (
    <SpaceBetween size="l">
      <CopyToClipboard
        variant="inline"
        textToCopy={it.CertificateArn ?? ""}
        copyButtonAriaLabel="Copy ARN"
        copySuccessText="ARN copied"
        copyErrorText="The browser does not allow to copy: select the ARN instead."
      />
      <KeyValuePairs
        columns={4}
        items={[
          { label: "Identifier", value: idOf(it.CertificateArn) },
          { label: "Status", value: <Status notAfter={it.NotAfter} /> },
          { label: "Type", value: typeOf(it.Type) },
          { label: "In use", value: (it.InUseBy ?? []).length > 0 ? "Yes" : "No" },
          { label: "Domain name", value: it.DomainName ?? "-" },
          { label: "Issuer", value: it.Issuer ?? "-" },
          { label: "Subject", value: it.Subject ?? "-" },
          { label: "Serial number", value: it.Serial ?? "-" },
          { label: "Public key info", value: algorithmOf(it.KeyAlgorithm) },
          { label: "Signature algorithm", value: it.SignatureAlgorithm ?? "-" },
          { label: "Not before", value: moment(it.NotBefore) },
          { label: "Not after", value: moment(it.NotAfter) },
          { label: since, value: moment(at) },
          { label: "Renewal", value: it.Type === "IMPORTED" ? "Reimport it before it ends" : "Request another one" },
        ]}
      />
    </SpaceBetween>
  );
}
