export { answer, type Answer } from "./answer.ts";
export { atLeast, auditHeadline, canaryRows, itemRows, renderAudit } from "./audit/index.ts";
export type { EpsilonCurve } from "./charts/epsilon-curves.ts";
export { answerOf, namesOf, percent, renderComparison, standingsOf } from "./compare/index.ts";
export { deltaText, epsilonOfJson, epsilonText } from "./epsilon-text.ts";
export type { Environment, ReportInput, ReportMessage } from "./input.ts";
export type { UtilitySeries } from "./charts/utility-epsilon.ts";
export {
  renderCurves,
  renderUtility,
  unitsNote,
  utilityOf,
  type NamedResult,
} from "./privacy/index.ts";
export { renderReport } from "./render.ts";
export { bestFirst, parameterText, renderTune, shortNames } from "./tune/index.ts";
