/** Conditions of a rule as the form has them, and as the API has them. */
import type { RuleCondition } from "@aws-sdk/client-elastic-load-balancing-v2";

export interface TypedCondition {
  field: string;
  /** Of a header. */
  name: string;
  /** One a line; of a query string `key=value` or a value alone. */
  values: string;
  isRegex: boolean;
}

export const FIELDS = [
  { value: "host-header", label: "Host header", example: "*.example.com", takesRegex: true },
  { value: "path-pattern", label: "Path", example: "/cart/*", takesRegex: true },
  { value: "http-header", label: "HTTP header", example: "*Chrome*", takesRegex: true },
  { value: "http-request-method", label: "HTTP request method", example: "GET", takesRegex: false },
  { value: "query-string", label: "Query string", example: "version=v2", takesRegex: false },
  { value: "source-ip", label: "Source IP", example: "10.0.0.0/8", takesRegex: false },
] as const;

export const NEW_CONDITION: TypedCondition = { field: "path-pattern", name: "", values: "", isRegex: false };

export function conditionInput({ field, name, values, isRegex }: TypedCondition): RuleCondition {
  const list = linesOf(values);
  const patterns = isRegex ? { RegexValues: list } : { Values: list };
  switch (field) {
    case "host-header":
      return { Field: field, HostHeaderConfig: patterns };
    case "path-pattern":
      return { Field: field, PathPatternConfig: patterns };
    case "http-header":
      return { Field: field, HttpHeaderConfig: { HttpHeaderName: name, ...patterns } };
    case "http-request-method":
      return { Field: field, HttpRequestMethodConfig: { Values: list } };
    case "query-string":
      return { Field: field, QueryStringConfig: { Values: list.map(pairOf) } };
    default:
      return { Field: field, SourceIpConfig: { Values: list } };
  }
}

export function typedCondition(condition: RuleCondition): TypedCondition {
  const { Field = "", HttpHeaderConfig, HostHeaderConfig, PathPatternConfig } = condition;
  const patterns = HostHeaderConfig ?? PathPatternConfig ?? HttpHeaderConfig;
  const pairs = condition.QueryStringConfig?.Values?.map(({ Key, Value = "" }) => (Key ? `${Key}=${Value}` : Value));
  const plain = condition.HttpRequestMethodConfig?.Values ?? condition.SourceIpConfig?.Values ?? condition.Values;
  const isRegex = (patterns?.RegexValues?.length ?? 0) > 0;
  const values = (isRegex ? patterns?.RegexValues : patterns?.Values) ?? pairs ?? plain ?? [];
  return { field: Field, name: HttpHeaderConfig?.HttpHeaderName ?? "", values: values.join("\n"), isRegex };
}

export function conditionText(condition: RuleCondition): string {
  const { field, name, values, isRegex } = typedCondition(condition);
  const label = FIELDS.find(({ value }) => value === field)?.label ?? field;
  return `${label}${name ? ` ${name}` : ""} ${isRegex ? "matches" : "is"} ${linesOf(values).join(" or ")}`;
}

export function isConditionWrong({ field, name, values }: TypedCondition): boolean {
  return linesOf(values).length === 0 || (field === "http-header" && name.trim() === "");
}

function linesOf(values: string): string[] {
  const lines = values.split("\n").map((line) => line.trim());
  return lines.filter((line) => line !== "");
}

function pairOf(text: string) {
  const at = text.indexOf("=");
  return at < 0 ? { Value: text } : { Key: text.slice(0, at), Value: text.slice(at + 1) };
}
