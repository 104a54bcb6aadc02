export { answer, type Answer } from "./answer.ts";
export type { Environment, ReportInput, ReportMessage } from "./input.ts";
export { renderReport } from "./render.ts";
export { bestFirst, parameterText, renderTune, shortNames } from "./tune/index.ts";
