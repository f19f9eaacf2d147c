/** The load balancers with a listener that shows a certificate. */
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import { variable } from "../commands/operation";
import { Empty } from "../frame/empty";
import { userOf } from "./certificate";

export function UsersTab({ certificate, arns }: { certificate: string; arns: string[] }) {
  return (
    <Table
      items={arns.map((arn) => ({ arn, ...userOf(arn) }))}
      trackBy="arn"
      ariaLabels={{ tableLabel: "Associated resources" }}
      columnDefinitions={[
        {
          id: "name",
          header: "Load balancer",
          isRowHeader: true,
          cell: ({ name, href }) => (href ? <Link href={href}>{name}</Link> : name),
        },
        { id: "arn", header: "ARN", cell: ({ arn }) => arn },
      ]}
      header={<Header counter={`(${arns.length})`}>Associated resources</Header>}
      empty={
        <Empty
          title="Not in use"
          text="No listener shows this certificate. Add it to an HTTPS listener of a load balancer, or by aws-cli:"
          operation={{
            service: "elbv2",
            name: "add-listener-certificates",
            input: { ListenerArn: variable("LISTENER"), Certificates: [{ CertificateArn: certificate }] },
          }}
        />
      }
    />
  );
}
