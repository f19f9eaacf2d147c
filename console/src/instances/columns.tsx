/** The columns of the table of instances. */
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { type Instance, selectedHref, sourceOf } from "./instance";
import { Users } from "./users";

export const COLUMNS: TableProps.ColumnDefinition<Instance>[] = [
  {
    id: "id",
    header: "Instance ID",
    sortingField: "instanceId",
    isRowHeader: true,
    cell: ({ instanceId }) => <Link href={selectedHref(instanceId)}>{instanceId}</Link>,
  },
  { id: "address", header: "IP address", sortingField: "address", cell: ({ address }) => address },
  { id: "zone", header: "Availability Zone", sortingField: "zone", cell: ({ zone }) => zone },
  { id: "source", header: "Known from", sortingField: "source", cell: sourceOf },
  {
    id: "registered",
    header: "Registered with",
    sortingComparator: (a, b) => a.registeredWith.join().localeCompare(b.registeredWith.join()),
    cell: ({ registeredWith }) => <Users arns={registeredWith} />,
  },
];
