export { assembleResult, type AssembleInput, type CellCost } from "./assemble.ts";
export type { AugmentationResult } from "./augmentation-schema.ts";
export { codebookPages, type CodebookPages, type CodebookResult } from "./codebook-schema.ts";
export { domainPages, type DomainPages, type DomainsResult } from "./domain-schema.ts";
export type { PartyDomains } from "./domains.ts";
export type { CoordinationResult, GatesResult } from "./coordination-schema.ts";
export type { PartyCodebooks } from "./codebooks.ts";
export { privacyOfMethods, type TrainingAccounts, type TrainedMethod } from "./privacy.ts";
export type { PrivacyResult } from "./privacy-schema.ts";
export { protects } from "./protects.ts";
export {
  comparison,
  methodResult,
  metricsLineSchema,
  resultSchema,
  type CandidateFile,
  type MetricsLine,
  type Result,
} from "./result.ts";
export { validationsOf } from "./validations.ts";
