/** The generations of the key that seals stickiness cookies, as the API tells of them. */
import { callExtension } from "../api/extension";
import { elbow } from "../commands/elbow";

export type Purpose = "waiting" | "issuing" | "accepted" | "expired";

export interface Generation {
  keyId: string;
  created: string;
  issuesFrom: string;
  /** Absent while nothing ends its issuing. */
  acceptedUntil?: string;
  purpose: Purpose;
}

export interface Keys {
  generations: Generation[];
  nextRotation: string;
}

export function allKeys(): Promise<Keys> {
  return callExtension({ method: "GET", path: ["keys"] });
}

export const ROTATE = elbow<Keys>({ name: "keys rotate" }, { method: "POST", path: ["keys", "rotate"] });
