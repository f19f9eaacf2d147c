/** One load balancer. */
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
import { ACTIONS, balancerHref, CRUMB, editHref, nameIn } from "./balancer";
import { BalancerDetails } from "./balancer-details";
import { BalancerTabs } from "./balancer-tabs";
import { DeleteLoadBalancer } from "./delete";
import { loadBalancer } from "./questions";

export default function LoadBalancerDetails({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: balancer, error, isLoading, refresh } = useAnswer(`load-balancer ${arn}`, () => loadBalancer(arn));
  const [isDeleting, setDeleting] = useState(false);
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!balancer}
            items={ACTIONS}
            onItemClick={({ detail: { id } }) => {
              if (id === "edit-attributes") go(editHref(arn));
              else setDeleting(true);
            }}
          >
            Actions
          </ButtonDropdown>
        </SpaceBetween>
      }
    >
      {nameIn(arn)}
    </Header>
  );
  return (
    <Frame
      title={nameIn(arn)}
      breadcrumbs={[CRUMB]}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {balancer && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Details</Header>}>
                  <BalancerDetails balancer={balancer} />
                </Container>
                <BalancerTabs
                  balancer={balancer}
                  tab={query["tab"]}
                  onTab={(tab) => goInstead(balancerHref(arn, tab))}
                />
              </SpaceBetween>
            )}
            {isDeleting && balancer && (
              <DeleteLoadBalancer balancer={balancer} close={() => setDeleting(false)} deleted={() => go(CRUMB.href)} />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
