/** Asks whether a Classic Load Balancer shall be deleted, and does it. */
import { DeleteLoadBalancerCommand } from "@aws-sdk/client-elastic-load-balancing";
import { elb } from "../commands/elb";
import { ConfirmDelete } from "../frame/confirm-delete";

interface DeleteProps {
  name: string;
  close: () => void;
  deleted: () => void;
}

export function DeleteClassic({ name, close, deleted }: DeleteProps) {
  const operation = elb("delete-load-balancer", new DeleteLoadBalancerCommand({ LoadBalancerName: name }));
  return (
    <ConfirmDelete what="load balancer" name={name} operation={operation} close={close} deleted={deleted}>
      Its listeners and policies go with it, its instances stay. This cannot be undone.
    </ConfirmDelete>
  );
}
