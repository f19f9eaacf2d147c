/** What IAM tells of a server certificate. */
import type { ServerCertificateMetadata } from "@aws-sdk/client-iam";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { Status } from "../certificates/status";
import { moment } from "../frame/moment";

export function ServerCertificateDetails({ metadata: it }: { metadata: ServerCertificateMetadata }) {
  return (
    <SpaceBetween size="l">
      <CopyToClipboard
        variant="inline"
        textToCopy={it.Arn ?? ""}
        copyButtonAriaLabel="Copy ARN"
        copySuccessText="ARN copied"
        copyErrorText="The browser does not allow to copy: select the ARN instead."
      />
      <KeyValuePairs
        columns={3}
        items={[
          { label: "Name", value: it.ServerCertificateName },
          { label: "Path", value: it.Path },
          { label: "ID", value: it.ServerCertificateId },
          { label: "Status", value: <Status notAfter={it.Expiration} good="Valid" /> },
          { label: "Expiration", value: moment(it.Expiration) },
          { label: "Upload date", value: moment(it.UploadDate) },
        ]}
      />
    </SpaceBetween>
  );
}
