/** The columns of the table of server certificates. */
import type { ServerCertificateMetadata } from "@aws-sdk/client-iam";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { Status } from "../certificates/status";
import { moment } from "../frame/moment";
import { serverCertificateHref } from "./server-certificate";

export const COLUMNS: TableProps.ColumnDefinition<ServerCertificateMetadata>[] = [
  {
    id: "name",
    header: "Name",
    sortingField: "ServerCertificateName",
    isRowHeader: true,
    cell: ({ ServerCertificateName: name = "" }) => <Link href={serverCertificateHref(name)}>{name}</Link>,
  },
  { id: "path", header: "Path", sortingField: "Path", cell: ({ Path }) => Path },
  {
    id: "status",
    header: "Status",
    sortingField: "Expiration",
    cell: ({ Expiration }) => <Status notAfter={Expiration} good="Valid" />,
  },
  { id: "until", header: "Expiration", sortingField: "Expiration", cell: ({ Expiration }) => moment(Expiration) },
  { id: "since", header: "Upload date", sortingField: "UploadDate", cell: ({ UploadDate }) => moment(UploadDate) },
  {
    id: "id",
    header: "ID",
    sortingField: "ServerCertificateId",
    cell: ({ ServerCertificateId }) => ServerCertificateId,
  },
  { id: "arn", header: "ARN", sortingField: "Arn", cell: ({ Arn }) => Arn },
];

export const HIDDEN_COLUMNS = ["id"];
