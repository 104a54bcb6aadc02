export { formats, sourceConfig, type Format, type SourceConfig } from "./config.ts";
export { guessRoles, type GuessedRoles } from "./guess-roles.ts";
export { inspectFile, type InspectedColumn, type Inspection } from "./inspect.ts";
export { readTable, type ReadOptions, type WantedColumn } from "./read-table.ts";
