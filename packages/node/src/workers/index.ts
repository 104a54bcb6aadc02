export { workerPool, type RemoteParty, type WorkerPool, type OpenOptions } from "./pool.ts";
export type { PartySpec } from "./protocol.ts";
