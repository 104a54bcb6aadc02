export { columnsRead, type ColumnRead } from "./columns-read.ts";
export { defaultPolicyYaml } from "./default-policy.ts";
export { experimentHash } from "./hashes.ts";
export { roundsOf } from "./planned.ts";
export { findingsOf, notAllowed, siloPolicy, type RuleFinding } from "./policy.ts";
export { parsePolicy, policyConfig, readPolicy, type PolicyConfig } from "./policy-file.ts";
export { describeJob } from "./review.ts";
export type { Refusal, ReviewedJob, SiloPolicy, Verdict } from "./types.ts";
