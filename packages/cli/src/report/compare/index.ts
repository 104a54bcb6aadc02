export { answerOf, type ComparisonAnswer } from "./answer.ts";
export { namesOf, type Names } from "./names.ts";
export { percent } from "./percent.ts";
export { renderComparison } from "./render.ts";
export { againstLocal, standingsOf, type Standing } from "./standing.ts";
