/** The columns of the table of trust stores. */
import type { TrustStore } from "@aws-sdk/client-elastic-load-balancing-v2";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import type { TableProps } from "@cloudscape-design/components/table";
import { storeHref } from "./store";

export function Status({ store }: { store: TrustStore }) {
  if (store.Status === "ACTIVE") return <StatusIndicator type="success">Active</StatusIndicator>;
  return <StatusIndicator type="in-progress">Creating</StatusIndicator>;
}

export const COLUMNS: TableProps.ColumnDefinition<TrustStore>[] = [
  {
    id: "name",
    header: "Name",
    sortingField: "Name",
    isRowHeader: true,
    cell: ({ TrustStoreArn = "", Name }) => <Link href={storeHref(TrustStoreArn)}>{Name}</Link>,
  },
  { id: "status", header: "Status", sortingField: "Status", cell: (store) => <Status store={store} /> },
  {
    id: "certificates",
    header: "CA certificates",
    sortingField: "NumberOfCaCertificates",
    cell: ({ NumberOfCaCertificates }) => NumberOfCaCertificates ?? "-",
  },
  {
    id: "revoked",
    header: "Revoked entries",
    sortingField: "TotalRevokedEntries",
    cell: ({ TotalRevokedEntries }) => TotalRevokedEntries ?? 0,
  },
  { id: "arn", header: "ARN", sortingField: "TrustStoreArn", cell: ({ TrustStoreArn }) => TrustStoreArn },
];

export const HIDDEN_COLUMNS = ["arn"];
