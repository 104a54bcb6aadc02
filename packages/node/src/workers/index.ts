export { workerPool, type RemoteParty, type WorkerPool } from "./pool.ts";
export type { PartySpec } from "./protocol.ts";
