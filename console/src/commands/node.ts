/** The node that answers: where commands on its machine find its files. */
import { callExtension } from "../api/extension";
import { useAnswer } from "../live/use-answer";
import { currentSession, type Session } from "../session/session";

export interface Node {
  dataDirectory?: string;
  masterKeyFile?: string;
}

const UNKNOWN: Node = {};
/** It does not change: one question for each session is enough. */
const asked = new WeakMap<Session, Promise<Node>>();

/** Of a server that does not tell, nothing is known. */
export function useNode(): Node {
  return useAnswer("node", node).value ?? UNKNOWN;
}

function node(): Promise<Node> {
  const session = currentSession();
  const known = session && asked.get(session);
  if (known) return known;
  const answer = callExtension<Node>({ method: "GET", path: ["node"] });
  if (session) {
    asked.set(session, answer);
    answer.catch(() => asked.delete(session));
  }
  return answer;
}
