/** Operations of Identity and Access Management's API. */
import type { SdkCommand } from "../api/client";
import { sendIam } from "../api/iam";
import type { Sendable } from "./operation";

export function iam<Input extends object, Output>(name: string, command: SdkCommand<Input, Output>): Sendable<Output> {
  return { name, service: "iam", input: command.input, send: () => sendIam(command) };
}
