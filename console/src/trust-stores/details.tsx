/** One trust store. */
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
import { DeleteTrustStore } from "./delete";
import { trustStore } from "./questions";
import { ACTIONS, CRUMB, editHref, nameOf, storeHref } from "./store";
import { StoreDetails } from "./store-details";
import { StoreTabs } from "./store-tabs";

export default function TrustStorePage({ parameters, query }: PageProps) {
  const arn = parameters["arn"] ?? "";
  const { value: store, error, isLoading, refresh } = useAnswer(`trust-store ${arn}`, () => trustStore(arn));
  const [isDeleting, setDeleting] = useState(false);
  const title = store?.Name ?? nameOf(arn);
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!store}
            items={ACTIONS}
            onItemClick={({ detail: { id } }) => {
              if (id === "modify" || id === "add-revocations") go(editHref(arn, id));
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
            {store && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">Details</Header>}>
                  <StoreDetails store={store} />
                </Container>
                <StoreTabs store={store} tab={query["tab"]} onTab={(tab) => goInstead(storeHref(arn, tab))} />
              </SpaceBetween>
            )}
            {isDeleting && store && (
              <DeleteTrustStore store={store} close={() => setDeleting(false)} deleted={() => go(CRUMB.href)} />
            )}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
