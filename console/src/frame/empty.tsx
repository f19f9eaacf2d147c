/** A table without rows: what to do next, here and by aws-cli. */
import Box from "@cloudscape-design/components/box";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";
import { Copyable } from "../commands/copyable";
import { programOf, useAwsCommands } from "../commands/equivalent";
import type { Operation } from "../commands/operation";

interface EmptyProps {
  title: string;
  text: string;
  operation?: Operation;
  children?: ReactNode;
}

export function Empty({ title, text, operation, children }: EmptyProps) {
  const command = useAwsCommands(operation ? [operation] : []);
  return (
    <Box margin={{ vertical: "xs" }} textAlign="center" color="inherit">
      <SpaceBetween size="xs">
        <b>{title}</b>
        <Box variant="p" color="inherit">
          {text}
        </Box>
        {command && (
          <Box textAlign="left">
            <Copyable text={command} label={`Copy ${programOf(operation ? [operation] : [])} command`} />
          </Box>
        )}
        {children}
      </SpaceBetween>
    </Box>
  );
}
