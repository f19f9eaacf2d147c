/** The question before something is deleted. */
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useEffect, useRef } from "react";
import { Equivalent } from "../commands/equivalent";
import type { Sendable } from "../commands/operation";
import { notify } from "./notifications";
import { focusHeading } from "./focus";
import { Refusal } from "./problem";
import { useChange } from "./use-change";

interface ConfirmDeleteProps {
  /** What is removed stays where it came from. */
  verb?: "Delete" | "Remove";
  /** The noun: `target group`. */
  what: string;
  name: string;
  operation: Sendable<unknown>;
  close: () => void;
  deleted: () => void;
  children: ReactNode;
}

export function ConfirmDelete({
  verb = "Delete",
  what,
  name,
  operation,
  close,
  deleted,
  children,
}: ConfirmDeleteProps) {
  const { isRunning, error, run } = useChange();
  const isDone = useRef(false);
  useEffect(
    () => () => {
      // The buttons that led here are gone, too, or are not for what is left.
      if (isDone.current) focusHeading();
    },
    [],
  );
  const confirm = async () => {
    if (!(await run(operation.send))) return;
    notify("success", `Successfully ${verb.toLowerCase()}d ${what} ${name}.`);
    isDone.current = true;
    close();
    deleted();
  };
  return (
    <Modal
      visible
      onDismiss={close}
      header={`${verb} ${what}?`}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Cancel
            </Button>
            <Button variant="primary" loading={isRunning} onClick={() => void confirm()}>
              {verb}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>
          {verb} <b>{name}</b>? {children}
        </Box>
        <Refusal error={error} />
        <Equivalent operations={[operation]} />
      </SpaceBetween>
    </Modal>
  );
}
