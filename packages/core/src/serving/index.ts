export { exportModel, type ExportOptions } from "./export/export-model.ts";
export { exportRecommender } from "./export/export-recommender.ts";
export { type ExportedModel } from "./export/finish.ts";
export { inputType, type ExportInput } from "./export/inputs.ts";
export { outputNames } from "./export/outputs.ts";
export { catalogueOf, type Catalogue } from "./catalogue.ts";
export { newRows, servedColumns } from "./features.ts";
export { HISTORY_COLUMN, separatorOf, SINCE_COLUMN } from "./histories.ts";
export { columnsRead, exportKept, isRecommender, openKept, type Kept } from "./kept.ts";
export { createRecommender } from "./recommender.ts";
export { createRowModel, type NewRows, type RowModel } from "./row-model.ts";
export type { Seen } from "./seen.ts";
export { feedsOf, type Feed, type FeedOptions } from "./export/feeds.ts";
export { sampleRows, type SampleOptions } from "./export/sample-rows.ts";
export { vocabularyRows } from "./export/encoders.ts";
export {
  createRequestModel,
  DOMAIN_MARK,
  exportRequests,
  knownBy,
  readRequest,
  requestFeeds,
  sampleRequests,
  type ExportRequestsOptions,
  type Known,
  type ListedRequest,
  type NewRequest,
  type RawRequest,
  type ReadOptions,
  type RequestInput,
  type RequestModel,
  type RequestModelOptions,
  type SampleRequestsOptions,
} from "./requests/index.ts";
