/** Attributes of load balancers. */
import type { Attribute } from "./kind";
import table from "./load-balancer.json";

export const LOAD_BALANCER_ATTRIBUTES = table as Attribute[];
