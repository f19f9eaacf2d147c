/** How attributes are spoken of in forms. */

export interface Words {
  label: string;
  description?: string;
  constraint?: string;
  /** What the values of a list of words are called. */
  values?: Record<string, { label: string; description?: string }>;
  unit?: string;
}

export interface Section {
  title: string;
  description?: string;
  fields: Record<string, Words>;
}
