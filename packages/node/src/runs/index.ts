export type { Environment } from "./environment.ts";
export type { CellName, RunEvent, RunOutcome } from "./events.ts";
export { writeAtomically } from "./files.ts";
export { readRun, resumeRun, runExperiment, type RunOptions } from "./run.ts";
