/** Operations of Elbow's extension API, with the commands that do the same on the node's machine. */
import { callExtension, type ExtensionCall } from "../api/extension";
import type { Sendable } from "./operation";

export function elbow<Output>(
  command: { name: string; words?: string[]; input?: object; asksServer?: boolean },
  call: ExtensionCall,
): Sendable<Output> {
  return { input: {}, ...command, service: "elbow", send: () => callExtension<Output>(call) };
}
