/** Operations of Classic Load Balancers' API. */
import { sendClassic } from "../api/classic";
import type { SdkCommand } from "../api/client";
import type { Sendable } from "./operation";

export function elb<Input extends object, Output>(name: string, command: SdkCommand<Input, Output>): Sendable<Output> {
  return { name, service: "elb", input: command.input, send: () => sendClassic(command) };
}
