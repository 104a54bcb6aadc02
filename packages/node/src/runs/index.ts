export type { CellName, RunEvent, RunOutcome } from "./events.ts";
