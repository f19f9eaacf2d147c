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

let client: { session: Session; v2: ElasticLoadBalancingV2Client } | null = null;

/** Makes a call in the current session; one that the API does not accept is over. */
export async function send<Input extends object, Output>(command: SdkCommand<Input, Output>): Promise<Output> {
  const session = currentSession();
  if (!session) throw new ApiError("NotSignedIn", "Sign in first.");
  if (client?.session !== session) client = { session, v2: clientOf(session) };
  try {
    return await sendBy(client.v2, command);
  } catch (error) {
    const apiError = ApiError.of(error);
    if (isRefusedSession(apiError) && currentSession() === session) signOut(`${apiError.code}: ${apiError.message}`);
    throw apiError;
  }
}

/** Makes a call in a session that is not the current one. */
export async function sendAs<Input extends object, Output>(session: Session, command: SdkCommand<Input, Output>) {
  try {
    return await sendBy(clientOf(session), command);
  } catch (error) {
    throw ApiError.of(error);
  }
}

function sendBy<Input extends object, Output>(v2: ElasticLoadBalancingV2Client, command: SdkCommand<Input, Output>) {
  return v2.send(command as never) as Promise<Output>;
}

function clientOf({ accessKeyId, secretAccessKey, region }: Session) {
  return new ElasticLoadBalancingV2Client({
    endpoint: location.origin,
    region,
    credentials: { accessKeyId, secretAccessKey },
    // The page asks again by itself, and whoever waits for a change wants to see its error.
    maxAttempts: 1,
  });
}
