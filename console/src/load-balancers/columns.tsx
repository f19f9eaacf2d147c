/** The columns of the table of load balancers. */
import type { LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";
import { addressTypeOf, balancerHref, schemeOf, zonesOf } from "./balancer";
import { State } from "./state";

export const COLUMNS: TableProps.ColumnDefinition<LoadBalancer>[] = [
  {
    id: "name",
    header: "Name",
    sortingField: "LoadBalancerName",
    isRowHeader: true,
    cell: ({ LoadBalancerArn = "", LoadBalancerName }) => (
      <Link href={balancerHref(LoadBalancerArn)}>{LoadBalancerName}</Link>
    ),
  },
  { id: "state", header: "State", cell: (balancer) => <State balancer={balancer} /> },
  { id: "type", header: "Type", sortingField: "Type", cell: ({ Type }) => Type ?? "-" },
  { id: "scheme", header: "Scheme", sortingField: "Scheme", cell: schemeOf },
  { id: "address-type", header: "IP address type", sortingField: "IpAddressType", cell: addressTypeOf },
  { id: "vpc", header: "VPC ID", sortingField: "VpcId", cell: ({ VpcId }) => VpcId ?? "-" },
  { id: "zones", header: "Availability Zones", cell: zonesOf },
  { id: "dns", header: "DNS name", sortingField: "DNSName", cell: ({ DNSName }) => DNSName ?? "-" },
  { id: "arn", header: "ARN", sortingField: "LoadBalancerArn", cell: ({ LoadBalancerArn }) => LoadBalancerArn },
];

export const HIDDEN_COLUMNS = ["address-type", "zones", "arn"];
