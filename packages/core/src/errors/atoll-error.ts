import type { ErrorCode } from "./catalogue.ts";

/**
 * An error that a user can act on: a stable code, the thing, the value received, the way out.
 *
 * @example
 * new AtollError("DATA_EMPTY_FILE", 'client "de": a.csv has no rows; give a file with rows').code // "DATA_EMPTY_FILE"
 */
export class AtollError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "AtollError";
    this.code = code;
  }
}

/** Many problems found in one look: each keeps its own code and message. */
export class AtollErrors extends Error {
  readonly errors: readonly AtollError[];

  constructor(errors: readonly AtollError[]) {
    super(errors.map((error) => `[${error.code}] ${error.message}`).join("\n"));
    this.name = "AtollErrors";
    this.errors = errors;
  }
}
