export {
  DEFAULT_PORT,
  initServer,
  openServer,
  openServerRecord,
  type RunningServer,
  type ServerOptions,
} from "./open-server.ts";
export {
  joinServer,
  policyPath,
  rotate,
  runClient,
  type ClientOptions,
  type JoinOptions,
} from "./open-client.ts";
