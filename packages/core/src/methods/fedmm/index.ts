export {
  codeAgreement,
  codebookUse,
  divisionByChance,
  type Agreement,
  type CodebookUse,
  type MarketCodes,
  type PairAgreement,
} from "./codebook/alignment.ts";
export {
  CODEBOOK_FILE,
  readCodebooks,
  type StoredCodebook,
  type StoredCodebooks,
  type CodebookRelease,
} from "./codebook/file.ts";
export { centralisedCodes, pooledFedMm, type CentralisedCodesConfig } from "./centralised-codes.ts";
export type { FedMmConfig } from "./config.ts";
export { fedmm } from "./fedmm.ts";
