/** One target group. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { Frame, Loading } from "../frame/frame";
import { Problem } from "../frame/problem";
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
  const { value: group, error, isLoading, refresh } = useAnswer(`target-group ${arn}`, () => targetGroup(arn));
  const [isDeleting, setDeleting] = useState(false);
  const title = group?.TargetGroupName ?? arn.split("/")[1] ?? "Target group";
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!group}
            items={ACTIONS}
            onItemClick={({ detail: { id } }) => {
              if (isEdit(id)) go(editHref(arn, id));
              else setDeleting(true);
            }}
          >
            Actions
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {title}
    </Header>
  );
  return (
    <Frame
      title={title}
      breadcrumbs={[CRUMB]}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {group && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Details</Header>}>
                  <GroupDetails group={group} />
                </Container>
                <GroupTabs group={group} tab={query["tab"]} onTab={(tab) => goInstead(groupHref(arn, tab))} />
              </SpaceBetween>
            )}
            {isDeleting && group && (
              <DeleteTargetGroup group={group} close={() => setDeleting(false)} deleted={() => go(CRUMB.href)} />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
