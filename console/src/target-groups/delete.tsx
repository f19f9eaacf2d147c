/** Asks whether a target group shall be deleted, and does it. */
import { DeleteTargetGroupCommand, type TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import { elbv2 } from "../commands/operation";
import { ConfirmDelete } from "../frame/confirm-delete";

interface DeleteProps {
  group: TargetGroup;
  close: () => void;
  deleted: () => void;
}

export function DeleteTargetGroup({ group, close, deleted }: DeleteProps) {
  const operation = elbv2(
    "delete-target-group",
    new DeleteTargetGroupCommand({ TargetGroupArn: group.TargetGroupArn }),
  );
  return (
    <ConfirmDelete
      what="target group"
      name={group.TargetGroupName ?? ""}
      operation={operation}
      close={close}
      deleted={deleted}
    >
      Its targets are deregistered and its sessions end. This cannot be undone.
    </ConfirmDelete>
  );
}
