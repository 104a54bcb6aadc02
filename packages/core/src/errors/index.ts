export { AtollError, AtollErrors } from "./atoll-error.ts";
export { catalogue, errorFamilies, type ErrorCode } from "./catalogue.ts";
export type { ErrorEntry, ErrorFamily } from "./family.ts";
export { nearest } from "./nearest.ts";
