/** The columns of the table of certificates. */
import type { CertificateSummary } from "@aws-sdk/client-acm";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { moment } from "../frame/moment";
import { algorithmOf, certificateHref, idOf, typeOf } from "./certificate";
import { Status } from "./status";

export const COLUMNS: TableProps.ColumnDefinition<CertificateSummary>[] = [
  {
    id: "id",
    header: "Certificate ID",
    sortingField: "CertificateArn",
    isRowHeader: true,
    cell: ({ CertificateArn = "" }) => <Link href={certificateHref(CertificateArn)}>{idOf(CertificateArn)}</Link>,
  },
  { id: "domain", header: "Domain name", sortingField: "DomainName", cell: ({ DomainName }) => DomainName ?? "-" },
  { id: "type", header: "Type", sortingField: "Type", cell: ({ Type }) => typeOf(Type) },
  { id: "status", header: "Status", sortingField: "NotAfter", cell: ({ NotAfter }) => <Status notAfter={NotAfter} /> },
  { id: "used", header: "In use", sortingField: "InUse", cell: ({ InUse }) => (InUse ? "Yes" : "No") },
  { id: "until", header: "Not after", sortingField: "NotAfter", cell: ({ NotAfter }) => moment(NotAfter) },
  {
    id: "algorithm",
    header: "Key algorithm",
    sortingField: "KeyAlgorithm",
    cell: ({ KeyAlgorithm }) => algorithmOf(KeyAlgorithm),
  },
  {
    id: "names",
    header: "Additional names",
    cell: ({ SubjectAlternativeNameSummaries: names = [], DomainName, HasAdditionalSubjectAlternativeNames: more }) => {
      const others = names.filter((name) => name !== DomainName);
      return others.length === 0 ? "-" : `${others.join(", ")}${more ? ", …" : ""}`;
    },
  },
  { id: "arn", header: "ARN", sortingField: "CertificateArn", cell: ({ CertificateArn }) => CertificateArn },
];

export const HIDDEN_COLUMNS = ["names", "arn"];
