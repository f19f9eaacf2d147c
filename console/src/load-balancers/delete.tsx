/** Asks whether a load balancer shall be deleted, and does it. */
import { DeleteLoadBalancerCommand, type LoadBalancer } from "@aws-sdk/client-elastic-load-balancing-v2";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";

interface DeleteProps {
  balancer: LoadBalancer;
  close: () => void;
  deleted: () => void;
}

export function DeleteLoadBalancer({ balancer, close, deleted }: DeleteProps) {
  const { LoadBalancerArn, LoadBalancerName = "" } = balancer;
  const operation = elbv2("delete-load-balancer", new DeleteLoadBalancerCommand({ LoadBalancerArn }));
  return (
    <ConfirmDelete what="load balancer" name={LoadBalancerName} operation={operation} close={close} deleted={deleted}>
      Its listeners and rules go with it, its target groups stay. This cannot be undone.
    </ConfirmDelete>
  );
}
