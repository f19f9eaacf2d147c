/** A page that is a form: fields, the command that does the same, what was refused, and the way out. */
import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Form from "@cloudscape-design/components/form";
import Header from "@cloudscape-design/components/header";
import LiveRegion from "@cloudscape-design/components/live-region";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode, SyntheticEvent } from "react";
import type { ApiError } from "../api/errors";
import { Equivalent } from "../commands/equivalent";
import type { Operation } from "../commands/operation";
import { type Crumb, Frame, Loading } from "./frame";
import { Refusal } from "./problem";

interface FormPageProps {
  title: string;
  description?: string;
  breadcrumbs: Crumb[];
  isLoading?: boolean;
  error: ApiError | undefined;
  /** What has to be filled in first. */
  hint?: string | undefined;
  operations: Operation[];
  submitText: string;
  isSubmitting: boolean;
  isDisabled?: boolean;
  onCancel: () => void;
  onSubmit: () => Promise<void>;
  secondaryActions?: ReactNode;
  children: ReactNode;
}

export function FormPage(props: FormPageProps) {
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!props.isDisabled) void props.onSubmit();
  };
  const content = props.isLoading ? (
    <Loading />
  ) : (
    <form onSubmit={submit}>
      <Form
        secondaryActions={props.secondaryActions}
        actions={
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" formAction="none" onClick={props.onCancel}>
              Cancel
            </Button>
            <Button
              variant="primary"
              formAction="submit"
              loading={props.isSubmitting}
              disabled={props.isDisabled ?? false}
            >
              {props.submitText}
            </Button>
          </SpaceBetween>
        }
      >
        <SpaceBetween size="l">
          {props.children}
          <Equivalent operations={props.operations} />
          {/* Beside the button, where whoever has pressed it looks. */}
          <Refusal error={props.error} />
          <LiveRegion>{props.hint && <Alert type="warning">{props.hint}</Alert>}</LiveRegion>
        </SpaceBetween>
      </Form>
    </form>
  );
  return (
    <Frame
      title={props.title}
      breadcrumbs={props.breadcrumbs}
      contentType="form"
      content={
        <ContentLayout
          header={
            <Header variant="h1" description={props.description}>
              {props.title}
            </Header>
          }
        >
          {content}
        </ContentLayout>
      }
    />
  );
}
