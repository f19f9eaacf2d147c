/** The listeners of a Classic Load Balancer, each with its stickiness. */
import {
  CreateLoadBalancerListenersCommand,
  DeleteLoadBalancerListenersCommand,
  type ListenerDescription,
  type LoadBalancerDescription,
} from "@aws-sdk/client-elastic-load-balancing";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";
import { elb } from "../commands/elb";
import { ConfirmDelete } from "../frame/confirm-delete";
import { Empty } from "../frame/empty";
import { FormDialog } from "../frame/form-dialog";
import { notify } from "../frame/notifications";
import { useChange } from "../frame/use-change";
import { go } from "../routing/route";
import { entranceOf, exitOf, knowsCookies, portOf, stickinessHref } from "./classic";
import { isListenerWrong, ListenerFields, listenerInput, NEW_LISTENER } from "./listener-fields";
import { otherPolicies, stickinessOf, stickinessText } from "./stickiness";

export function ListenersTab({ balancer }: { balancer: LoadBalancerDescription }) {
  const { LoadBalancerName: name = "", ListenerDescriptions: listeners = [] } = balancer;
  const [chosenPort, setChosenPort] = useState<number>();
  const [dialog, setDialog] = useState<"add" | "delete">();
  const chosen = listeners.find((listener) => portOf(listener) === chosenPort);
  const actions = (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!chosen} onClick={() => setDialog("delete")}>
        Delete listener
      </Button>
      <Button
        disabled={!chosen || !knowsCookies(chosen)}
        disabledReason={chosen ? "Listeners of TCP and SSL see no cookies." : "Select a listener first."}
        onClick={() => chosen && go(stickinessHref(name, portOf(chosen)))}
      >
        Edit stickiness
      </Button>
      <Button variant="primary" onClick={() => setDialog("add")}>
        Add listener
      </Button>
    </SpaceBetween>
  );
  return (
    <>
      <Table<ListenerDescription>
        items={listeners.toSorted((a, b) => portOf(a) - portOf(b))}
        trackBy={(listener) => String(portOf(listener))}
        selectionType="single"
        selectedItems={chosen ? [chosen] : []}
        onSelectionChange={({ detail }) => setChosenPort(detail.selectedItems[0] && portOf(detail.selectedItems[0]))}
        wrapLines
        ariaLabels={{
          tableLabel: "Listeners",
          selectionGroupLabel: "Selected listener",
          itemSelectionLabel: (_, listener) => entranceOf(listener),
        }}
        columnDefinitions={[
          { id: "entrance", header: "Listener", isRowHeader: true, cell: entranceOf },
          { id: "exit", header: "Instances", cell: exitOf },
          {
            id: "stickiness",
            header: "Cookie stickiness",
            cell: (it) => (knowsCookies(it) ? stickinessText(stickinessOf(balancer, it)) : "Not applicable"),
          },
          {
            id: "policy",
            header: "Security policy",
            cell: (it) => otherPolicies(balancer, it).join(", ") || "Not applicable",
          },
          {
            id: "certificate",
            header: "SSL certificate",
            cell: ({ Listener }) => Listener?.SSLCertificateId ?? "Not applicable",
          },
        ]}
        header={
          <Header counter={`(${listeners.length})`} actions={actions}>
            Listeners
          </Header>
        }
        empty={
          <Empty
            title="No listeners"
            text="Nobody reaches this load balancer. Add a listener here, or by aws-cli:"
            operation={elb(
              "create-load-balancer-listeners",
              new CreateLoadBalancerListenersCommand({
                LoadBalancerName: name,
                Listeners: [listenerInput(NEW_LISTENER)],
              }),
            )}
          />
        }
      />
      {dialog === "add" && <AddListener name={name} close={() => setDialog(undefined)} />}
      {dialog === "delete" && chosen && (
        <ConfirmDelete
          what="listener"
          name={entranceOf(chosen)}
          operation={elb(
            "delete-load-balancer-listeners",
            new DeleteLoadBalancerListenersCommand({ LoadBalancerName: name, LoadBalancerPorts: [portOf(chosen)] }),
          )}
          close={() => setDialog(undefined)}
          deleted={() => setChosenPort(undefined)}
        >
          Its port is closed. Policies that it has stay with the load balancer.
        </ConfirmDelete>
      )}
    </>
  );
}

function AddListener({ name, close }: { name: string; close: () => void }) {
  const [typed, setTyped] = useState(NEW_LISTENER);
  const [isTried, setTried] = useState(false);
  const { isRunning, error, run } = useChange();
  const operation = elb(
    "create-load-balancer-listeners",
    new CreateLoadBalancerListenersCommand({ LoadBalancerName: name, Listeners: [listenerInput(typed)] }),
  );
  const add = async () => {
    setTried(true);
    if (isListenerWrong(typed) || !(await run(operation.send))) return;
    notify("success", `Successfully created listener ${typed.protocol}:${typed.port}.`);
    close();
  };
  return (
    <FormDialog
      title="Add listener"
      submitText="Add listener"
      isSubmitting={isRunning}
      error={error}
      operations={[operation]}
      close={close}
      submit={add}
    >
      <ListenerFields listener={typed} set={(part) => setTyped((old) => ({ ...old, ...part }))} isTried={isTried} />
    </FormDialog>
  );
}
