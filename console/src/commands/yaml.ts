/** Values as YAML, of the kind that templates are written in. */
import { variableName } from "./operation";

/** The lines of a map or list. `ref` tells the name of the resource that a variable stands for. */
export function yamlLines(value: object, ref: (variable: string) => string): string[] {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => itemLines(item, ref));
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.flatMap(([name, member]) => memberLines(name, member as unknown, ref));
}

function memberLines(name: string, value: unknown, ref: (variable: string) => string): string[] {
  if (typeof value !== "object" || value === null) return [`${name}: ${scalar(value, ref)}`];
  if (Object.keys(value).length === 0) return [`${name}: ${Array.isArray(value) ? "[]" : "{}"}`];
  return [`${name}:`, ...yamlLines(value, ref).map((line) => `  ${line}`)];
}

function itemLines(value: unknown, ref: (variable: string) => string): string[] {
  if (typeof value !== "object" || value === null) return [`- ${scalar(value, ref)}`];
  return yamlLines(value, ref).map((line, index) => `${index === 0 ? "-" : " "} ${line}`);
}

/** Words that YAML takes for something else. */
const NO_TEXT = /^(true|false|yes|no|on|off|null|y|n)$/i;

function scalar(value: unknown, ref: (variable: string) => string): string {
  if (typeof value !== "string") return JSON.stringify(value);
  const variable = variableName(value);
  if (variable !== null) return `!Ref ${ref(variable)}`;
  const isPlain = /^[A-Za-z/]([\w./:-]*[\w/-])?$/.test(value) && !NO_TEXT.test(value);
  // What is between double quotes in JSON is the same in YAML.
  return isPlain ? value : JSON.stringify(value);
}
