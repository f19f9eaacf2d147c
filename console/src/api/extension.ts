/** Calls of Elbow's extension API (docs/extension-api.md): JSON, signed like the calls of AWS's APIs. */
import { Sha256 } from "@smithy/core/checksum";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Session } from "../session/session";
import { inSession } from "./client";
import { ApiError } from "./errors";

const ROOT = "/elbow/v1/";
const SERVICE = "elasticloadbalancing";

export type Method = "GET" | "PUT" | "POST" | "DELETE";

export interface ExtensionCall {
  method: Method;
  /** Segments of the path below the root, as they are meant. */
  path: string[];
  query?: Record<string, string>;
  body?: object;
}

/** Makes a call in the current session; the answer to one without an answer is null. */
export function callExtension<Output>(call: ExtensionCall): Promise<Output> {
  return inSession(async (session) => {
    const answer = await fetch(await signed(call, session));
    const text = await answer.text();
    if (!answer.ok) throw refusal(answer.status, text);
    return (text === "" ? null : JSON.parse(text)) as Output;
  });
}

async function signed({ method, path, query = {}, body }: ExtensionCall, session: Session): Promise<Request> {
  const { accessKeyId, secretAccessKey, region } = session;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey },
    region,
    service: SERVICE,
    sha256: Sha256,
  });
  const text = body && JSON.stringify(body);
  const { headers } = await signer.sign({
    method,
    protocol: location.protocol,
    hostname: location.hostname,
    path: pathOf(path),
    query,
    headers: { host: location.host, ...(text && { "content-type": "application/json" }) },
    ...(text && { body: text }),
  });
  const asked = new URLSearchParams(query).toString();
  // The browser leaves out the host, which it writes itself, and the same.
  return new Request(`${pathOf(path)}${asked && `?${asked}`}`, { method, headers, body: text ?? null });
}

/** Of a path's segments; the slash of an ARN is part of one. */
export function pathOf(path: string[]): string {
  return ROOT + path.map(encodeURIComponent).join("/");
}

/** What a refusal tells; of one that somebody else has written, as a proxy before Elbow may, its status. */
export function refusal(status: number, text: string): ApiError {
  try {
    const { code, message } = JSON.parse(text) as { code?: unknown; message?: unknown };
    if (typeof code === "string" && typeof message === "string") return new ApiError(code, message);
  } catch {
    // It is told below.
  }
  return new ApiError(`HTTP ${status}`, text.slice(0, 200));
}
