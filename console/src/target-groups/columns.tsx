/** The columns of the table of target groups. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { balancerNames, groupHref, targetTypeOf } from "./group";

export const COLUMNS: TableProps.ColumnDefinition<TargetGroup>[] = [
  {
    id: "name",
    header: "Name",
    sortingField: "TargetGroupName",
    isRowHeader: true,
    cell: ({ TargetGroupArn = "", TargetGroupName }) => <Link href={groupHref(TargetGroupArn)}>{TargetGroupName}</Link>,
  },
  { id: "arn", header: "ARN", sortingField: "TargetGroupArn", cell: ({ TargetGroupArn }) => TargetGroupArn },
  { id: "port", header: "Port", sortingField: "Port", cell: ({ Port }) => Port ?? "-" },
  { id: "protocol", header: "Protocol", sortingField: "Protocol", cell: ({ Protocol }) => Protocol ?? "-" },
  {
    id: "version",
    header: "Protocol version",
    sortingField: "ProtocolVersion",
    cell: ({ ProtocolVersion }) => ProtocolVersion ?? "-",
  },
  { id: "type", header: "Target type", sortingField: "TargetType", cell: targetTypeOf },
  {
    id: "balancers",
    header: "Load balancer",
    sortingComparator: (a, b) => balancerNames(a).localeCompare(balancerNames(b)),
    cell: balancerNames,
  },
  { id: "vpc", header: "VPC ID", sortingField: "VpcId", cell: ({ VpcId }) => VpcId ?? "-" },
];

export const HIDDEN_COLUMNS = ["arn", "version"];
