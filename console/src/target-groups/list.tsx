/** All target groups. */
import type { TargetGroup } from "@aws-sdk/client-elastic-load-balancing-v2";
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import { Empty } from "../frame/empty";
import { ResourceList, select } from "../frame/resource-list";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go } from "../routing/route";
import { COLUMNS, HIDDEN_COLUMNS } from "./columns";
import { DeleteTargetGroup } from "./delete";
import { ACTIONS, editHref, isEdit, PLACE } from "./group";
import { GroupTabs } from "./group-tabs";
import { allTargetGroups } from "./questions";

const EXAMPLE = { Name: "carts", Protocol: "HTTP", Port: 80, TargetType: "ip", VpcId: "vpc-1" };

export default function TargetGroups({ query }: PageProps) {
  const answer = useAnswer(PLACE, allTargetGroups);
  const [deleting, setDeleting] = useState<TargetGroup>();
  return (
    <ResourceList<TargetGroup>
      title="Target groups"
      noun="target group"
      place={PLACE}
      answer={answer}
      idOf={({ TargetGroupArn = "" }) => TargetGroupArn}
      nameOf={({ TargetGroupName = "" }) => TargetGroupName}
      columns={COLUMNS}
      hiddenColumns={HIDDEN_COLUMNS}
      selectedId={query["selected"]}
      actions={ACTIONS}
      onAction={(action, group) => {
        if (isEdit(action)) go(editHref(group.TargetGroupArn ?? "", action));
        else setDeleting(group);
      }}
      createText="Create target group"
      empty={
        <Empty
          title="No target groups"
          text="A target group is where a load balancer sends requests to. Create one here, or by aws-cli:"
          operation={{ service: "elbv2", name: "create-target-group", input: EXAMPLE }}
        >
          <Button href={`#/${PLACE}/create`}>Create target group</Button>
        </Empty>
      }
      panel={(group) => <GroupTabs key={group.TargetGroupArn} group={group} withDetails />}
    >
      {deleting && (
        <DeleteTargetGroup group={deleting} close={() => setDeleting(undefined)} deleted={() => select(PLACE)} />
      )}
    </ResourceList>
  );
}
