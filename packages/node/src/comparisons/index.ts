export { addToComparison, compare, resumeComparison, type CompareRequest } from "./compare.ts";
export type { CompareEvent, CompareOutcome, RunProgress } from "./events.ts";
export type { CompareOptions } from "./execute.ts";
export { pairOf, type Pair } from "./pair-of.ts";
export {
  comparisonSchema,
  type ComparedRun,
  type Comparison,
  type Overall,
  type SettingEffect,
} from "./schema.ts";
export { nameWith, valueText } from "./setting.ts";
