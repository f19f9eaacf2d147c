/** The targets of a group with their health; more are registered here, and some deregistered. */
import {
  DeregisterTargetsCommand,
  type TargetGroup,
  type TargetHealthDescription,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { useCollection } from "@cloudscape-design/collection-hooks";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import { useState } from "react";
import { elbv2 } from "../commands/operation";
import { Empty } from "../frame/empty";
import { notify } from "../frame/notifications";
import { Problem } from "../frame/problem";
import { useChange } from "../frame/use-change";
import { useAnswer } from "../live/use-answer";
import { Health } from "./health";
import { targetHealth } from "./questions";
import { RegisterTargets } from "./register-targets";

const PAGE_SIZE = 20;

export function TargetsTab({ group }: { group: TargetGroup }) {
  const arn = group.TargetGroupArn ?? "";
  const { value: targets, error, isLoading } = useAnswer(`health ${arn}`, () => targetHealth(arn));
  const [isRegistering, setRegistering] = useState(false);
  const [chosen, setChosen] = useState<TargetHealthDescription[]>([]);
  const change = useChange();
  const { items, collectionProps, filterProps, paginationProps } = useCollection(targets ?? [], {
    filtering: {
      filteringFunction: (target, text) =>
        [keyOf(target), target.Target?.AvailabilityZone, target.TargetHealth?.State].join(" ").includes(text),
      empty: (
        <Empty
          title="No registered targets"
          text="Requests are answered with 503 until there is one. Register a target here, or by aws-cli:"
          operation={{
            service: "elbv2",
            name: "register-targets",
            input: { TargetGroupArn: arn, Targets: [{ Id: "127.0.0.1", Port: 9001 }] },
          }}
        >
          <Button onClick={() => setRegistering(true)}>Register targets</Button>
        </Empty>
      ),
      noMatch: <Empty title="No matches" text="No target has this." />,
    },
    sorting: {},
    pagination: { pageSize: PAGE_SIZE },
  });
  const deregister = async () => {
    const Targets = chosen.map(({ Target }) => ({ Id: Target?.Id, Port: Target?.Port }));
    const operation = elbv2("deregister-targets", new DeregisterTargetsCommand({ TargetGroupArn: arn, Targets }));
    if (!(await change.run(operation.send))) return;
    notify("success", `Deregistering ${chosen.length === 1 ? "1 target" : `${chosen.length} targets`}.`);
    setChosen([]);
  };
  const idLabel = group.TargetType === "instance" ? "Instance ID" : group.TargetType === "alb" ? "ARN" : "IP address";
  return (
    <>
      <Problem error={change.error ?? error} />
      <Table<TargetHealthDescription>
        {...collectionProps}
        items={items}
        loading={isLoading}
        loadingText="Loading targets"
        trackBy={keyOf}
        selectionType="multi"
        selectedItems={chosen}
        onSelectionChange={({ detail }) => setChosen(detail.selectedItems)}
        ariaLabels={{
          tableLabel: "Registered targets",
          selectionGroupLabel: "Selected targets",
          allItemsSelectionLabel: () => "All targets",
          itemSelectionLabel: (_, target) => keyOf(target),
        }}
        columnDefinitions={[
          { id: "id", header: idLabel, isRowHeader: true, cell: ({ Target }) => Target?.Id ?? "-" },
          { id: "port", header: "Port", cell: ({ Target }) => Target?.Port ?? "-" },
          { id: "zone", header: "Zone", cell: ({ Target }) => Target?.AvailabilityZone ?? "-" },
          { id: "state", header: "Health status", cell: ({ TargetHealth }) => <Health state={TargetHealth?.State} /> },
          { id: "why", header: "Health status details", cell: ({ TargetHealth }) => TargetHealth?.Description ?? "-" },
          {
            id: "anomaly",
            header: "Anomaly detection result",
            cell: ({ AnomalyDetection }) => (AnomalyDetection?.Result === "anomalous" ? "Anomalous" : "Normal"),
          },
        ]}
        header={
          <Header
            counter={targets && `(${targets.length})`}
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <Button disabled={chosen.length === 0} loading={change.isRunning} onClick={() => void deregister()}>
                  Deregister
                </Button>
                <Button variant="primary" onClick={() => setRegistering(true)}>
                  Register targets
                </Button>
              </SpaceBetween>
            }
          >
            Registered targets
          </Header>
        }
        filter={
          <TextFilter {...filterProps} filteringPlaceholder="Filter targets" filteringAriaLabel="Filter targets" />
        }
        pagination={(targets?.length ?? 0) > PAGE_SIZE && <Pagination {...paginationProps} />}
      />
      {isRegistering && <RegisterTargets group={group} close={() => setRegistering(false)} />}
    </>
  );
}

function keyOf({ Target }: TargetHealthDescription): string {
  return `${Target?.Id ?? ""}:${Target?.Port ?? ""}`;
}
