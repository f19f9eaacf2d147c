/** Asks whether a listener shall be deleted, and does it. */
import { DeleteListenerCommand, type Listener } from "@aws-sdk/client-elastic-load-balancing-v2";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";
import { listenerName } from "./places";

interface DeleteProps {
  listener: Listener;
  close: () => void;
  deleted: () => void;
}

export function DeleteListener({ listener, close, deleted }: DeleteProps) {
  const operation = elbv2("delete-listener", new DeleteListenerCommand({ ListenerArn: listener.ListenerArn }));
  return (
    <ConfirmDelete what="listener" name={listenerName(listener)} operation={operation} close={close} deleted={deleted}>
      Its rules go with it, and its port is closed.
    </ConfirmDelete>
  );
}
