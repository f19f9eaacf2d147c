/** A change as it is sent and as it is shown: one value for both, so that the command beside a form is what the form does. */
import { send, type SdkCommand } from "../api/client";

export interface Operation {
  /** As aws-cli has it: `create-target-group`; or, for Elbow's own commands, `instance put`. */
  name: string;
  service: "elbv2" | "elb" | "acm" | "iam" | "elbow";
  /** What stands before the options, as Elbow's commands have it. */
  words?: string[];
  input: object;
  /** Of Elbow's commands, whether it asks the server; the others work on its data directory. */
  asksServer?: boolean;
  /** What of the answer is kept in a variable of the shell, for the next command. */
  keeps?: { variable: string; query: string };
  /** What it is in a template, where that cannot be told from the input alone. */
  resource?: Resource;
}

/** A resource of CloudFormation, as far as an operation says what it is. */
export interface Resource {
  type: string;
  /** What it is known by; operations that name the same one are about one resource. */
  id: string;
  properties: Record<string, unknown>;
  /** Whether it is made, and not only changed. */
  isNew: boolean;
}

export interface Sendable<Output> extends Operation {
  send: () => Promise<Output>;
}

const VARIABLE = "\u{e000}";

/** A value that is known only when the command before has run: a variable of the shell, `$LB`. */
export function variable(name: string): string {
  return `${VARIABLE}${name}`;
}

/** The name of a variable, where a value is one. */
export function variableName(value: string): string | null {
  return value.startsWith(VARIABLE) ? value.slice(VARIABLE.length) : null;
}

/** An operation of Application Load Balancers' API. */
export function elbv2<Input extends object, Output>(
  name: string,
  command: SdkCommand<Input, Output>,
): Sendable<Output> {
  return { name, service: "elbv2", input: command.input, send: () => send(command) };
}
