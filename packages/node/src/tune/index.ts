export { tuneJsonSchema } from "./config.ts";
export type { TuneEvent, TuneOutcome } from "./events.ts";
export { settingText } from "./plan.ts";
export { readTune } from "./read.ts";
export { valueOf, type Trial, type TuneResult } from "./result.ts";
export type { TuneOptions } from "./trial.ts";
export { resumeTune, tune } from "./tune.ts";
