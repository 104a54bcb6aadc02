export { DatabaseSync } from "./database-sync.ts";
export { takeProcessLock, type ProcessLock } from "./process-lock.ts";
