/** The commands that do the same as a form. */
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import { useSignedIn } from "../session/session";
import { awsCommand } from "./aws-cli";
import { Copyable } from "./copyable";
import type { Operation } from "./operation";

export function Equivalent({ operations }: { operations: Operation[] }) {
  const command = useAwsCommands(operations);
  return (
    <ExpandableSection headerText="Equivalent aws command" defaultExpanded>
      {command ? <Copyable text={command} label="Copy aws command" /> : "Nothing is changed yet."}
    </ExpandableSection>
  );
}

/** The commands of some operations on this server, in the region that is shown. */
export function useAwsCommands(operations: Operation[]): string {
  const region = useSignedIn().session?.region ?? "us-east-1";
  return operations.map((operation) => awsCommand(operation, { endpoint: location.origin, region })).join("\n\n");
}
