/** The values of one resource's attributes. */
import { type Attribute, refusal } from "./kind";

/** Every attribute with its value. */
export type Values = Record<string, string>;

/** What the API tells of attributes. */
type Told = { Key?: string | undefined; Value?: string | undefined }[] | undefined;

/** The values that the API tells, the defaults for those that it does not. */
export function valuesOf(table: Attribute[], told: Told): Values {
  const values = defaults(table);
  for (const { Key, Value } of told ?? []) if (Key !== undefined) values[Key] = Value ?? "";
  return values;
}

export function defaults(table: Attribute[]): Values {
  return Object.fromEntries(table.map(({ key, default: value }) => [key, value]));
}

/** What has to be sent to get from one to the other. */
export function changed(before: Values, after: Values): { Key: string; Value: string }[] {
  return Object.entries(after)
    .filter(([key, value]) => before[key] !== value)
    .map(([Key, Value]) => ({ Key, Value }));
}

export function attributeIn(table: Attribute[], key: string): Attribute {
  const found = table.find((attribute) => attribute.key === key);
  if (!found) throw new Error(`there is no attribute ${key}`);
  return found;
}

/** Whether the API would refuse one of the values. Attributes that this console does not know are left to the API. */
export function isAnyRefused(table: Attribute[], values: Values): boolean {
  return table.some((attribute) => refusal(attribute, values[attribute.key] ?? "") !== null);
}
