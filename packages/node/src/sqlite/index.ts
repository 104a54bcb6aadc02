export { DatabaseSync } from "./database-sync.ts";
