/** One Classic Load Balancer. */
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
import { CRUMB } from "../load-balancers/balancer";
import type { PageProps } from "../pages";
import { go, goInstead } from "../routing/route";
import { classicHref } from "./classic";
import { DeleteClassic } from "./delete";
import { classicOf } from "./questions";
import { ClassicSummary } from "./summary";
import { ClassicTabs } from "./tabs";

export default function ClassicDetails({ parameters, query }: PageProps) {
  const name = parameters["name"] ?? "";
  const { value: balancer, error, isLoading, refresh } = useAnswer(`classic ${name}`, () => classicOf(name));
  const [isDeleting, setDeleting] = useState(false);
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!balancer}
            items={[{ id: "delete", text: "Delete load balancer" }]}
            onItemClick={() => setDeleting(true)}
          >
            Actions
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {name}
    </Header>
  );
  return (
    <Frame
      title={name}
      breadcrumbs={[CRUMB]}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {balancer && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Details</Header>}>
                  <ClassicSummary balancer={balancer} />
                </Container>
                <ClassicTabs
                  balancer={balancer}
                  tab={query["tab"]}
                  onTab={(tab) => goInstead(classicHref(name, tab))}
                />
              </SpaceBetween>
            )}
            {isDeleting && (
              <DeleteClassic name={name} close={() => setDeleting(false)} deleted={() => go(CRUMB.href)} />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
