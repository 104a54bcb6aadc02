export { exportRequestsOf } from "./export-client.ts";
export { openRequests, type ServedRequests } from "./open-requests.ts";
export { predictRequests } from "./predict-requests.ts";
export { verifyRequests, type VerifyRequestsOptions } from "./verify-requests.ts";
