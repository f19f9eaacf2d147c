/** One target group. */
import { DetailsPage } from "../frame/details-page";
import { useAnswer } from "../live/use-answer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { DeleteTargetGroup } from "./delete";
import { ACTIONS, CRUMB, editHref, groupHref, isEdit } from "./group";
import { GroupDetails } from "./group-details";
import { GroupTabs } from "./group-tabs";
import { targetGroup } from "./questions";

export default function TargetGroupDetails({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const answer = useAnswer(`target-group ${arn}`, () => targetGroup(arn));
  return (
    <DetailsPage
      title={answer.value?.TargetGroupName ?? arn.split("/")[1] ?? "Target group"}
      breadcrumbs={[CRUMB]}
      answer={answer}
      actions={ACTIONS}
      onAction={(action) => {
        if (isEdit(action)) go(editHref(arn, action));
      }}
      summary={(group) => <GroupDetails group={group} />}
      tabs={(group) => <GroupTabs group={group} tab={query["tab"]} onTab={(tab) => goInstead(groupHref(arn, tab))} />}
      deleting={(group, close) => <DeleteTargetGroup group={group} close={close} deleted={() => go(CRUMB.href)} />}
    />
  );
}
