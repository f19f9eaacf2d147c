/** Operations of Certificate Manager's API. */
import { sendAcm } from "../api/acm";
import type { SdkCommand } from "../api/client";
import type { Sendable } from "./operation";

export function acm<Input extends object, Output>(name: string, command: SdkCommand<Input, Output>): Sendable<Output> {
  return { name, service: "acm", input: command.input, send: () => sendAcm(command) };
}
