import { AtollError, AtollErrors, catalogue, type ErrorCode } from "@atoll/core/errors";
import type { Failure } from "./protocol.ts";

/** Flattens an error for the trip between threads. */
export function toFailure(error: unknown): Failure {
  if (error instanceof AtollErrors && error.errors.length === 1) return toFailure(error.errors[0]);
  if (error instanceof AtollError) return { code: error.code, message: error.message };
  if (error instanceof Error)
    return { message: error.message, ...(error.stack && { stack: error.stack }) };
  return { message: String(error) };
}

/** Rebuilds it: errors a user can act on keep their code, others keep the worker's stack. */
export function fromFailure(failure: Failure): Error {
  if (failure.code !== undefined && failure.code in catalogue)
    return new AtollError(failure.code as ErrorCode, failure.message);
  const error = new Error(failure.message);
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
