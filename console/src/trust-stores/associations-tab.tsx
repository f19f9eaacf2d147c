/** The listeners and target groups that use a trust store. */
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import Table from "@cloudscape-design/components/table";
import { variable } from "../commands/operation";
import { Empty } from "../frame/empty";
import { Problem } from "../frame/problem";
import { useAnswer } from "../live/use-answer";
import { associationsOf } from "./questions";
import { userOf } from "./store";

export function AssociationsTab({ arn }: { arn: string }) {
  const { value: associations, error, isLoading } = useAnswer(`associations ${arn}`, () => associationsOf(arn));
  const items = (associations ?? []).map(({ ResourceArn = "" }) => ({ arn: ResourceArn, ...userOf(ResourceArn) }));
  const example = {
    ListenerArn: variable("LISTENER"),
    MutualAuthentication: { Mode: "verify", TrustStoreArn: arn },
  };
  return (
    <>
      <Problem error={error} />
      <Table
        items={items}
        loading={isLoading}
        loadingText="Loading associations"
        trackBy="arn"
        ariaLabels={{ tableLabel: "Associations" }}
        columnDefinitions={[
          {
            id: "name",
            header: "Resource",
            isRowHeader: true,
            cell: ({ name, href }) => (href ? <Link href={href}>{name}</Link> : name),
          },
          { id: "kind", header: "Type", cell: ({ kind }) => kind },
          { id: "arn", header: "ARN", cell: (item) => item.arn },
        ]}
        header={<Header counter={associations && `(${items.length})`}>Associations</Header>}
        empty={
          <Empty
            title="No associations"
            text="Nothing checks certificates with this trust store. Let an HTTPS listener ask its clients for them, by aws-cli:"
            operation={{ service: "elbv2", name: "modify-listener", input: example }}
          />
        }
      />
    </>
  );
}
