export { checkFrameSize } from "./frame-size.ts";
export {
  connectHttps,
  serveHttps,
  type HttpsClientOptions,
  type HttpsServer,
  type HttpsServerOptions,
  type HttpsTrust,
} from "./https/index.ts";
export { createInProcessCarrier, type InProcessCarrier } from "./in-process.ts";
export {
  MAX_FRAME_BYTES,
  type Caller,
  type ClientCarrier,
  type FrameHandler,
  type ServerCarrier,
} from "./types.ts";
