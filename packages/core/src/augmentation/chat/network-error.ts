import { CompletionError, type Usage } from "../services.ts";

/** No connection came about, so that nothing was sent. */
const UNSENT = new Set([
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const NOTHING: Usage = { promptTokens: 0, completionTokens: 0 };

/** What fetch, or reading a response, failed with: the same call may succeed later. */
export function networkError(error: unknown): CompletionError {
  const code = codeOf(error) ?? codeOf((error as { readonly cause?: unknown }).cause);
  const usage = code !== undefined && UNSENT.has(code) ? NOTHING : undefined;
  const problem = usage === undefined ? "broke off" : "cannot be reached";
  return new CompletionError("again", `${problem}${code === undefined ? "" : ` (${code})`}`, {
    usage,
  });
}

function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  // Names of system errors are all that is told: messages may hold anything.
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? code : undefined;
}
