/** What went wrong with a call: AWS's code and message. */

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Any error as one of these; what is no answer of the API is a failed connection. */
  static of(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    if (!(error instanceof Error)) return new ApiError("Unknown", String(error));
    const { Code, $metadata } = error as { Code?: unknown; $metadata?: { httpStatusCode?: number } };
    if ($metadata?.httpStatusCode === undefined)
      return new ApiError(
        "NoAnswer",
        `Elbow does not answer: ${error.message}. Make sure that it runs; nothing is lost.`,
      );
    return new ApiError(typeof Code === "string" ? Code : error.name, error.message);
  }
}

/** Codes by which the API says that it does not accept who calls. */
const REFUSED_SESSION = [
  "InvalidClientTokenId",
  "SignatureDoesNotMatch",
  "ExpiredToken",
  "RequestExpired",
  "IncompleteSignature",
  "MissingAuthenticationToken",
  "UnrecognizedClientException",
];

export function isRefusedSession(error: ApiError): boolean {
  return REFUSED_SESSION.includes(error.code);
}
