export {
  fileConfig,
  formats,
  sourceConfig,
  sourceProblem,
  withPaths,
  type FileConfig,
  type Format,
  type SourceConfig,
} from "./config.ts";
export { copyToParquet } from "./copy-to-parquet.ts";
export { type DatabaseOptions } from "./database.ts";
export { guessRoles, type GuessedRoles } from "./guess-roles.ts";
export { inspectSource, type InspectedColumn, type Inspection } from "./inspect.ts";
export {
  allFiles,
  locate,
  type LocatedFiles,
  type LocatedSource,
  type LocatedQuery,
} from "./locate.ts";
export { unpackText, type PackedText } from "./packed-text.ts";
export { readTable } from "./read-table.ts";
export {
  streamTable,
  type BlockColumn,
  type ReadOptions,
  type TableBlock,
} from "./stream-table.ts";
export { tellingRoles } from "./telling-roles.ts";
export { distinctColumns, type WantedColumn } from "./wanted.ts";
