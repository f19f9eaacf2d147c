/** The page of one resource: what can be done with it, what it is, and its tabs. */
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import type { Answer } from "../live/use-answer";
import { type Crumb, Frame, Loading } from "./frame";
import { Problem } from "./problem";

interface DetailsPageProps<Resource> {
  title: string;
  breadcrumbs: Crumb[];
  answer: Answer<Resource>;
  /** What can be done with it; `delete` asks before it does. */
  actions: { id: string; text: string; disabled?: boolean }[];
  /** Of every action but `delete`. */
  onAction?: (action: string) => void;
  /** Above what it is. */
  summaryTitle?: string;
  summary: (resource: Resource) => ReactNode;
  tabs: (resource: Resource) => ReactNode;
  /** The question before it is deleted. */
  deleting: (resource: Resource, close: () => void) => ReactNode;
}

export function DetailsPage<Resource>({
  title,
  breadcrumbs,
  answer: { value: resource, error, isLoading, refresh },
  actions,
  onAction,
  summaryTitle = "Details",
  summary,
  tabs,
  deleting,
}: DetailsPageProps<Resource>) {
  const [isDeleting, setDeleting] = useState(false);
  const header = (
    <Header
      variant="h1"
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Refresh" onClick={refresh} />
          <ButtonDropdown
            disabled={!resource}
            items={actions}
            onItemClick={({ detail: { id } }) => {
              if (id === "delete") setDeleting(true);
              else onAction?.(id);
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
      breadcrumbs={breadcrumbs}
      content={
        <ContentLayout header={header}>
          <SpaceBetween size="l">
            <Problem error={error} />
            {isLoading && <Loading />}
            {resource && (
              <SpaceBetween size="l">
                <Container header={<Header variant="h2">{summaryTitle}</Header>}>{summary(resource)}</Container>
                {tabs(resource)}
              </SpaceBetween>
            )}
            {isDeleting && resource && deleting(resource, () => setDeleting(false))}
          </SpaceBetween>
        </ContentLayout>
      }
    />
  );
}
