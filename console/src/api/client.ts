/** Calls of the API, signed in the browser like those of any other client. */
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { currentSession, type Session, signOut } from "../session/session";
import { ApiError, isRefusedSession } from "./errors";

/** A command of the SDK, as far as it matters here. */
export interface SdkCommand<Input extends object, Output> {
  input: Input;
  /** Only for its type: what the API answers. */
  resolveMiddleware: (...middleware: never[]) => (...call: never[]) => Promise<{ output: Output }>;
}

/** Makes a call in the current session; one that the API does not accept is over. */
export type Send = <Input extends object, Output>(command: SdkCommand<Input, Output>) => Promise<Output>;

interface Client {
  send: (command: never) => Promise<unknown>;
}

/** What every client of the SDK is made with. */
type Settings = ReturnType<typeof settingsOf>;

/** How calls of one service are made; each service has a file of its own, so that a page loads those that it needs. */
export function sender(make: (settings: Settings) => Client): Send {
  let last: { session: Session; client: Client } | null = null;
  return <Input extends object, Output>(command: SdkCommand<Input, Output>) =>
    inSession((session) => {
      if (last?.session !== session) last = { session, client: make(settingsOf(session)) };
      return last.client.send(command as never) as Promise<Output>;
    });
}

/** Does something in the current session; one that the API does not accept is over. */
export async function inSession<T>(act: (session: Session) => Promise<T>): Promise<T> {
  const session = currentSession();
  if (!session) throw new ApiError("NotSignedIn", "Sign in first.");
  try {
    return await act(session);
  } catch (error) {
    const apiError = ApiError.of(error);
    if (isRefusedSession(apiError) && currentSession() === session) signOut(`${apiError.code}: ${apiError.message}`);
    throw apiError;
  }
}

/** Calls of Application Load Balancers' API. */
export const send = sender((settings) => new ElasticLoadBalancingV2Client(settings));

/** Makes a call in a session that is not the current one. */
export async function sendAs<Input extends object, Output>(session: Session, command: SdkCommand<Input, Output>) {
  try {
    return (await new ElasticLoadBalancingV2Client(settingsOf(session)).send(command as never)) as Output;
  } catch (error) {
    throw ApiError.of(error);
  }
}

function settingsOf({ accessKeyId, secretAccessKey, region }: Session) {
  return {
    endpoint: location.origin,
    region,
    credentials: { accessKeyId, secretAccessKey },
    // The page asks again by itself, and whoever waits for a change wants to see its error.
    maxAttempts: 1,
  };
}
