/** Operations as commands of aws-cli, or of Elbow's own, to be pasted into a shell. */
import type { Node } from "./node";
import { type Operation, variableName } from "./operation";

export interface Surroundings {
  endpoint: string;
  region: string;
  /** What Elbow's own commands work on. */
  node: Node;
}

export function awsCommand(operation: Operation, { endpoint, region, node }: Surroundings): string {
  const { service, name, words = [], input, keeps } = operation;
  const options = Object.entries(input)
    .filter(([, value]) => value !== undefined)
    .map(([member, value]) => option(member, value as unknown));
  const where = [`--region ${quoted(region)}`, `--endpoint-url ${quoted(endpoint)}`];
  if (service === "elbow") {
    const named = [`elbow ${name}`, ...words.map(quoted)].join(" ");
    return [named, ...options, ...(operation.asksServer ? where : []), ...filesOf(node)].join(" \\\n    ");
  }
  const kept = keeps ? [`--query ${quoted(keeps.query)} --output text`] : [];
  const command = [`aws ${service} ${name}`, ...options, ...where, ...kept].join(" \\\n    ");
  return keeps ? `${keeps.variable}=$(${command})` : command;
}

/** The options by which Elbow's commands find a node's files. */
function filesOf({ dataDirectory, masterKeyFile }: Node): string[] {
  return [
    ...(dataDirectory ? [`--data-dir ${quoted(dataDirectory)}`] : []),
    ...(masterKeyFile ? [`--master-key-file ${quoted(masterKeyFile)}`] : []),
  ];
}

/** `TargetGroupArn` is `target-group-arn`. */
export function optionName(member: string): string {
  return member
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replace(/([A-Z]+)([A-Z][a-z])/g, "$1-$2")
    .toLowerCase();
}

/** A word that a shell takes for one, whatever is in it. */
export function quoted(text: string): string {
  const name = variableName(text);
  if (name !== null) return `"$${name}"`;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function option(member: string, value: unknown): string {
  const name = optionName(member);
  if (value === true) return `--${name}`;
  if (value === false) return `--no-${name}`;
  // Without a value the option would be wrong, and the empty list is one.
  if (Array.isArray(value) && value.length === 0) return `--${name} '[]'`;
  if (Array.isArray(value)) return `--${name} ${value.map((item) => quoted(shorthand(item))).join(" ")}`;
  return `--${name} ${quoted(shorthand(value))}`;
}

/** A value as aws-cli's shorthand where that can hold it, and as JSON otherwise. */
function shorthand(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const isPlain = members.every(([, member]) => isPlainMember(member as unknown));
  if (!isPlain) return JSON.stringify(value);
  return members.map(([name, member]) => `${name}=${String(member)}`).join(",");
}

function isPlainMember(value: unknown): boolean {
  if (typeof value === "string") return /^[^\s,'"=[\]{}]*$/.test(value);
  return typeof value === "number" || typeof value === "boolean";
}
