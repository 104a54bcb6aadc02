export { verifyAudit } from "./audit.ts";
export { openRecord } from "./open-record.ts";
export { openPostgres, type PostgresOptions } from "./sql-postgres.ts";
export { openSqlite } from "./sql-sqlite.ts";
export type {
  AuditEntry,
  CellCheckpoint,
  CellRow,
  Certificate,
  EnrolledClient,
  MetricLine,
  NewRun,
  Row,
  RunClient,
  RunRecord,
  RunRow,
  RunState,
  Sql,
  TaskRow,
} from "./types.ts";
