export {
  exportRequests,
  type ExportRequestsOptions,
  type RequestInput,
} from "./export/export-requests.ts";
export { requestFeeds, type ListedRequest } from "./export/request-feeds.ts";
export { sampleRequests, type SampleRequestsOptions } from "./export/sample-requests.ts";
export { DOMAIN_MARK, knownBy, type Known } from "./known.ts";
export { readRequest, type RawRequest, type ReadOptions } from "./raw-request.ts";
export {
  createRequestModel,
  type NewRequest,
  type RequestModel,
  type RequestModelOptions,
} from "./request-model.ts";
