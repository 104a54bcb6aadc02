import { AtollErrors, type AtollError } from "../errors/index.ts";

/** Throws what was collected: one problem as itself, several together; returns where there are none. */
export function throwCollected(problems: readonly AtollError[]): void {
  if (problems.length === 1) throw problems[0]!;
  if (problems.length > 1) throw new AtollErrors(problems);
}
