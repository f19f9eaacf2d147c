/** The columns of the table of load balancers. */
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import type { Listed } from "./listed";
import { State } from "./state";

export const COLUMNS: TableProps.ColumnDefinition<Listed>[] = [
  {
    id: "name",
    header: "Name",
    sortingField: "name",
    isRowHeader: true,
    cell: ({ href, name }) => <Link href={href}>{name}</Link>,
  },
  {
    id: "state",
    header: "State",
    cell: (it) => (it.type === "application" ? <State balancer={it.balancer} /> : "-"),
  },
  { id: "type", header: "Type", sortingField: "type", cell: ({ type }) => type },
  { id: "scheme", header: "Scheme", sortingField: "scheme", cell: ({ scheme }) => scheme },
  {
    id: "address-type",
    header: "IP address type",
    sortingField: "addressType",
    cell: ({ addressType }) => addressType,
  },
  { id: "vpc", header: "VPC ID", sortingField: "vpc", cell: ({ vpc }) => vpc },
  { id: "zones", header: "Availability Zones", cell: ({ zones }) => zones },
  { id: "dns", header: "DNS name", sortingField: "dns", cell: ({ dns }) => dns },
  { id: "created", header: "Date created", cell: ({ created }) => created },
  { id: "arn", header: "ARN", cell: ({ type, id }) => (type === "application" ? id : "-") },
];

export const HIDDEN_COLUMNS = ["address-type", "zones", "created", "arn"];
