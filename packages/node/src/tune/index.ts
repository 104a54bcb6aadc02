export { tuneJsonSchema } from "./config.ts";
export type { TuneEvent, TuneOutcome } from "./events.ts";
export { settingText } from "./plan.ts";
export { readTune } from "./read.ts";
export { valueOf, type Trial, type TuneResult } from "./result.ts";
export { resumeTune, tune, type TuneOptions } from "./tune.ts";
