/** The listeners of a load balancer. */
import type { Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { Problem } from "../frame/problem";
import { ActionView } from "../listeners/action-view";
import { DeleteListener } from "../listeners/delete";
import { editListenerHref, listenerHref, listenerName } from "../listeners/places";
import { useAnswer } from "../live/use-answer";
import { go, href } from "../routing/route";
import { PLACE } from "./balancer";
import { listenersOf } from "./questions";

export function ListenersTab({ arn }: { arn: string }) {
  const { value: listeners, error, isLoading } = useAnswer(`listeners ${arn}`, () => listenersOf(arn));
  const [chosen, setChosen] = useState<Listener>();
  const [isDeleting, setDeleting] = useState(false);
  const add = () => go(href([PLACE, arn, "add-listener"]));
  return (
    <>
      <Problem error={error} />
      <Table<Listener>
        items={listeners ?? []}
        loading={isLoading}
        loadingText="Loading listeners"
        trackBy="ListenerArn"
        selectionType="single"
        selectedItems={chosen ? [chosen] : []}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems[0])}
        ariaLabels={{
          tableLabel: "Listeners",
          selectionGroupLabel: "Selected listener",
          itemSelectionLabel: (_, listener) => listenerName(listener),
        }}
        columnDefinitions={[
          {
            id: "name",
            header: "Protocol:Port",
            isRowHeader: true,
            cell: (it) => <Link href={listenerHref(it.ListenerArn ?? "")}>{listenerName(it)}</Link>,
          },
          {
            id: "action",
            header: "Default action",
            cell: ({ DefaultActions }) => <ActionView actions={DefaultActions} />,
          },
          { id: "policy", header: "Security policy", cell: ({ SslPolicy }) => SslPolicy ?? "Not applicable" },
          {
            id: "certificate",
            header: "Default SSL/TLS certificate",
            cell: ({ Certificates }) => Certificates?.[0]?.CertificateArn ?? "Not applicable",
          },
        ]}
        header={
          <Header
            counter={listeners && `(${listeners.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={!chosen} onClick={() => setDeleting(true)}>
                  Delete listener
                </Button>
                <Button disabled={!chosen} onClick={() => go(editListenerHref(chosen?.ListenerArn ?? ""))}>
                  Edit listener
                </Button>
                <Button variant="primary" onClick={add}>
                  Add listener
                </Button>
              </SpaceBetween>
            }
          >
            Listeners and rules
          </Header>
        }
        empty={
          <Empty
            title="No listeners"
            text="Nobody reaches this load balancer yet. Add a listener here, or by aws-cli:"
            operation={{
              service: "elbv2",
              name: "create-listener",
              input: {
                LoadBalancerArn: arn,
                Protocol: "HTTP",
                Port: 80,
                DefaultActions: [{ Type: "forward", TargetGroupArn: "TARGET-GROUP-ARN" }],
              },
            }}
          >
            <Button onClick={add}>Add listener</Button>
          </Empty>
        }
      />
      {isDeleting && chosen && (
        <DeleteListener listener={chosen} close={() => setDeleting(false)} deleted={() => setChosen(undefined)} />
      )}
    </>
  );
}
