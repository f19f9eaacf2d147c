/** The names that a certificate is good for. */
import type { CertificateDetail } from "@aws-sdk/client-acm";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

export function DomainsTab({ certificate }: { certificate: CertificateDetail }) {
  const names = certificate.SubjectAlternativeNames ?? (certificate.DomainName ? [certificate.DomainName] : []);
  const isIssued = certificate.Type !== "IMPORTED";
  return (
    <Table
      items={names.map((name) => ({ name }))}
      trackBy="name"
      ariaLabels={{ tableLabel: "Domains" }}
      columnDefinitions={[
        { id: "name", header: "Domain", isRowHeader: true, cell: ({ name }) => name },
        {
          id: "status",
          header: "Validation",
          cell: () =>
            isIssued ? (
              <StatusIndicator type="success">Success: Elbow&apos;s authority asks for no proof</StatusIndicator>
            ) : (
              "By whoever issued it"
            ),
        },
      ]}
      header={
        <Header counter={`(${names.length})`} description="A client that asks for one of these names is shown it.">
          Domains
        </Header>
      }
    />
  );
}
