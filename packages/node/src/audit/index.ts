export { auditRun } from "./audit.ts";
export type { Attack, AuditEvent, Purpose } from "./events.ts";
export type { AuditOptions } from "./options.ts";
export {
  auditResult,
  type AuditedMethod,
  type AuditResult,
  type CanaryResult,
  type Claim,
  type ItemResult,
  type MembershipResult,
} from "./result.ts";
