import { resolve } from "node:path";
import { ruleColumns, wantedColumns, type ColumnsConfig } from "@atoll/core/data";
import { columnsOfClient, type Experiment } from "../experiment/index.ts";
import { withPaths, type SourceConfig, type WantedColumn } from "../sources/index.ts";

/** A client's source with absolute paths, and what is read of it. */
export interface ClientSource {
  readonly client: string;
  readonly source: SourceConfig;
  readonly wanted: readonly WantedColumn[];
  /** The roles of its columns. */
  readonly columns: ColumnsConfig;
}

/** The sources of all clients whose rows lie in files; those of made-up worlds have none. */
export function clientSources(
  experiment: Experiment,
  experimentDirectory: string,
): readonly ClientSource[] {
  const { data } = experiment;
  if (data.kind !== "files") return [];
  const directory = resolve(experimentDirectory, data.directory ?? ".");
  return Object.entries(data.clients).map(([client, { columns: own, ...source }]) => {
    const columns = columnsOfClient(data.columns, own);
    return {
      client,
      source: withPaths(source, (path) => resolve(directory, path)),
      wanted: columnsToRead(columns, experiment),
      columns,
    };
  });
}

/** What roles and features read, and what the split and the negatives read beside it. */
function columnsToRead(columns: ColumnsConfig, { split, negatives }: Experiment) {
  const wanted = wantedColumns(columns);
  const further = ruleColumns(split, negatives).filter(
    (name) => !wanted.some((column) => column.name === name && column.as === "text"),
  );
  return [...wanted, ...further.map((name) => ({ name, as: "text" as const }))];
}
