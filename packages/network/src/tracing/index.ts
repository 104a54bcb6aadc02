export { traced, type SpanName } from "./tracing.ts";
