export { atLeast, auditHeadline, canaryRows, itemRows } from "./facts.ts";
export { renderAudit } from "./render.ts";
