export { MERGED } from "./cosines.ts";
export { domainDiagnostics } from "./domains.ts";
export { DOMAINS_FILE, projectionFile, readDomains, writeDomains } from "./file.ts";
export {
  findingsOf,
  NEAR_FROM,
  OVERLAP_FROM,
  overlapOf,
  RETIRED_FROM,
  type AugmentationEffect,
  type DomainSummary,
  type Finding,
  type Overlap,
} from "./findings.ts";
export type {
  AugmentationNumbers,
  DomainDiagnostics,
  EncoderCosine,
  Projection,
  RetiredClients,
  UserRepresentations,
} from "./types.ts";
