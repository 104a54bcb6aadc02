export { BACKOFF, pauseMs, type Backoff } from "./backoff.ts";
export {
  NO_BYTES,
  type Answered,
  type CallContext,
  type OperationHandlers,
  type ServerCalls,
} from "./calls.ts";
export { MAX_FRAME_BYTES, type Caller, type ClientCarrier, type FrameHandler } from "./carrier.ts";
export type { Identify } from "./check-call.ts";
export { decodeFrame, encodeFrame, MAX_HEADER_BYTES, type Frame, type Header } from "./frame.ts";
export { linkAborts, unlessAborted } from "./linked-abort.ts";
export {
  cellSchema,
  claimSchema,
  operations,
  VERSIONS,
  type Operation,
  type OperationName,
  type ParamsOf,
  type ReplyOf,
} from "./operations.ts";
export { printable } from "./printable.ts";
export type { UnprovenAnswer } from "./read-answer.ts";
export { serveFrames, type CallSource, type ServeOptions } from "./serve-frames.ts";
export {
  serverCalls,
  type CallEvent,
  type OpenServerCalls,
  type ServerCallsOptions,
} from "./server-calls.ts";
export { CLOCK_TOLERANCE_MS } from "./sessions.ts";
export {
  answerHeaderSchema,
  isSigned,
  requestHeaderSchema,
  signFrame,
  type AnswerHeader,
  type RequestHeader,
  type Unsigned,
} from "./signed.ts";
export {
  CHUNK_BYTES,
  fetchBlob,
  fetchInto,
  sendBlob,
  type FetchOptions,
  type SendOptions,
} from "./transfer.ts";
export type { CellKey, Claim, Job, Order, Packet } from "./types.ts";
export { commonVersion } from "./versions.ts";
