export { connectHttps, type HttpsClientOptions, type HttpsTrust } from "./client.ts";
export { serveHttps, type HttpsServer, type HttpsServerOptions } from "./server.ts";
