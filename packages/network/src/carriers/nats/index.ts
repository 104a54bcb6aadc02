export { connectNats, type NatsClientOptions } from "./connect-nats.ts";
export type { NatsPlace, NatsTls } from "./connection.ts";
export { serveNats, type NatsServerOptions } from "./serve-nats.ts";
export {
  natsServerConfig,
  reloadNats,
  type NatsServerConfig,
  type TlsFiles,
} from "./server-config.ts";
export type { UpStreamOptions } from "./stream.ts";
