/** A change as it is sent and as it is shown: one value for both, so that the command beside a form is what the form does. */
import { send, type SdkCommand } from "../api/client";

export interface Operation {
  /** As aws-cli has it: `create-target-group`. */
  name: string;
  service: "elbv2" | "elb" | "acm";
  input: object;
}

export interface Sendable<Output> extends Operation {
  send: () => Promise<Output>;
}

/** An operation of Application Load Balancers' API. */
export function elbv2<Input extends object, Output>(
  name: string,
  command: SdkCommand<Input, Output>,
): Sendable<Output> {
  return { name, service: "elbv2", input: command.input, send: () => send(command) };
}
