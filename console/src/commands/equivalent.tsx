/** What does the same as a form: commands of aws-cli, and resources of a CloudFormation template. */
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useSignedIn } from "../session/session";
import { awsCommand } from "./aws-cli";
import { template } from "./cloudformation";
import { Copyable } from "./copyable";
import { useNode } from "./node";
import type { Operation } from "./operation";

const LANGUAGES = [
  { id: "aws-cli", text: "aws command" },
  { id: "cloudformation", text: "CloudFormation" },
];

export function Equivalent({ operations }: { operations: Operation[] }) {
  return programOf(operations) === "elbow" ? (
    <OwnCommands operations={operations} />
  ) : (
    <OfAws operations={operations} />
  );
}

function OfAws({ operations }: { operations: Operation[] }) {
  const [language, setLanguage] = useState("aws-cli");
  return (
    <ExpandableSection headerText="Equivalent code" defaultExpanded>
      {operations.length === 0 ? (
        "Nothing is changed yet."
      ) : (
        <SpaceBetween size="s">
          <SegmentedControl
            label="Language of the equivalent code"
            selectedId={language}
            options={LANGUAGES}
            onChange={({ detail }) => setLanguage(detail.selectedId)}
          />
          {language === "aws-cli" ? <Commands operations={operations} /> : <Resources operations={operations} />}
        </SpaceBetween>
      )}
    </ExpandableSection>
  );
}

/** What Elbow's own API does is in no template. */
function OwnCommands({ operations }: { operations: Operation[] }) {
  return (
    <ExpandableSection headerText="Equivalent command" defaultExpanded>
      <Copyable text={useAwsCommands(operations)} label="Copy elbow command" />
    </ExpandableSection>
  );
}

function Commands({ operations }: { operations: Operation[] }) {
  return <Copyable text={useAwsCommands(operations)} label="Copy aws command" />;
}

function Resources({ operations }: { operations: Operation[] }) {
  const { text, note } = template(operations);
  return (
    <SpaceBetween size="xs">
      {text && <Copyable text={text} label="Copy CloudFormation template" />}
      {note && <Box color="text-body-secondary">{note}</Box>}
    </SpaceBetween>
  );
}

/** The commands of some operations on this server, in the region that is shown. */
export function useAwsCommands(operations: Operation[]): string {
  const region = useSignedIn().session?.region ?? "us-east-1";
  const here = { endpoint: location.origin, region, node: useNode() };
  return operations.map((operation) => awsCommand(operation, here)).join("\n\n");
}

/** Whose commands they are. */
export function programOf(operations: Operation[]): "aws" | "elbow" {
  return operations[0]?.service === "elbow" ? "elbow" : "aws";
}
