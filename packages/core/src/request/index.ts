export { histogramSum, type HistogramOptions } from "./histogram.ts";
export {
  domainAt,
  histogramGrid,
  type HistogramGrid,
  type HistogramGridOptions,
  type HistogramLevel,
} from "./histogram-grid.ts";
export type { LevelOptions } from "./histogram-levels.ts";
export { cellScores, recencyFromCells, type CellScores } from "./histogram-recency.ts";
export { latestEvents } from "./latest-events.ts";
export { itemTimes } from "./item-times.ts";
export { textIndex, tokensOf, type TextIndex, type TextWeights } from "./item-text.ts";
export { requestKnowledge, type KnowledgeSettings, type RequestKnowledge } from "./knowledge.ts";
export { publicVectors, type PublicVectors, type PublicVectorsOptions } from "./public-vectors.ts";
export { requestReader, type RequestReaderOptions } from "./reader.ts";
export {
  recencyOf,
  recencyTable,
  windowShares,
  type RecencyOptions,
  type RecencyTable,
} from "./recency.ts";
export { symmetricEigen, type Eigen } from "./symmetric-eigen.ts";
export {
  truncatedSvd,
  type TruncatedSvd,
  type SparseRows,
  type SvdOptions,
} from "./truncated-svd.ts";
export type { ItemTimes, PublishedRecency, Recency, RequestReader } from "./types.ts";
