/** Attributes of listeners. */
import type { Attribute } from "./kind";
import table from "./listener.json";

export const LISTENER_ATTRIBUTES = table as Attribute[];
