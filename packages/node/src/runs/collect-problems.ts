import { AtollError, AtollErrors } from "@atoll/core/errors";

/** Sorts an error to the ones that are reported together; anything unexpected ends the run at once. */
export function collectProblems(errors: AtollError[], error: unknown): void {
  if (error instanceof AtollErrors) errors.push(...error.errors);
  else if (error instanceof AtollError) errors.push(error);
  else throw error;
}
