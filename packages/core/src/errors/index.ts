export { AtollError, AtollErrors } from "./atoll-error.ts";
export { catalogue, type ErrorCode } from "./catalogue.ts";
export { nearest } from "./nearest.ts";
