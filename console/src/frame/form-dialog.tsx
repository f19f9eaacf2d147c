/** A form in a dialog: fields, the command that does the same, what was refused, and the way out. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode, SyntheticEvent } from "react";
import type { ApiError } from "../api/errors";
import { Equivalent } from "../commands/equivalent";
import type { Operation } from "../commands/operation";
import { Refusal } from "./problem";

interface FormDialogProps {
  title: string;
  submitText: string;
  isSubmitting: boolean;
  isDisabled?: boolean;
  error: ApiError | undefined;
  operations: Operation[];
  close: () => void;
  submit: () => Promise<void>;
  children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const submit = () => {
    if (!props.isDisabled) void props.submit();
  };
  const byKey = (event: SyntheticEvent) => {
    event.preventDefault();
    submit();
  };
  return (
    <Modal
      visible
      onDismiss={props.close}
      size="large"
      header={props.title}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={props.close}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={props.isDisabled ?? false}
              loading={props.isSubmitting}
              onClick={submit}
            >
              {props.submitText}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form onSubmit={byKey}>
        <SpaceBetween size="m">
          {props.children}
          <Refusal error={props.error} />
          <Equivalent operations={props.operations} />
        </SpaceBetween>
      </form>
    </Modal>
  );
}
