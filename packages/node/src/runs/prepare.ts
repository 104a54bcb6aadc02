import { resolve } from "node:path";
import {
  oracleColumn,
  ruleColumns,
  splitClient,
  syntheticColumns,
  syntheticWorld,
  wantedColumns,
  type ColumnsConfig,
  type RawTable,
  type SplitClient,
} from "@atoll/core/data";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import { readTable, withPaths, type SourceConfig } from "../sources/index.ts";
import type { RunEvent } from "./events.ts";

/** What roles and features read, and what the split and the negatives read beside it. */
function columnsToRead(columns: ColumnsConfig, { split, negatives }: Experiment) {
  const wanted = wantedColumns(columns);
  const further = ruleColumns(split, negatives).filter(
    (name) => !wanted.some((column) => column.name === name && column.as === "text"),
  );
  return [...wanted, ...further.map((name) => ({ name, as: "text" as const }))];
}

interface ClientTable {
  readonly client: string;
  readonly table: RawTable;
  readonly columns: ColumnsConfig;
}

async function readTables(
  experiment: Experiment,
  experimentDirectory: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<ClientTable[]> {
  const { data } = experiment;
  if (data.kind === "synthetic")
    return syntheticWorld(data).map(({ client, table }) => ({
      client,
      table,
      columns: syntheticColumns,
    }));
  const directory = resolve(experimentDirectory, data.directory ?? ".");
  const clients = Object.entries(data.clients);
  const tables: ClientTable[] = [];
  const errors: AtollError[] = [];
  for (const [client, { columns: own, ...source }] of clients) {
    signal.throwIfAborted();
    const columns = { ...data.columns, ...own };
    const located: SourceConfig = withPaths(source, (path) => resolve(directory, path));
    try {
      const wanted = columnsToRead(columns, experiment);
      const table = await readTable(located, { client, columns: wanted, signal });
      tables.push({ client, table, columns });
      onEvent({
        kind: "read",
        client,
        rows: table.numRows,
        done: tables.length,
        total: clients.length,
      });
    } catch (error) {
      collect(errors, error);
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return tables;
}

/** Sorts an error to the ones that are reported together; anything unexpected ends the run at once. */
function collect(errors: AtollError[], error: unknown): void {
  if (error instanceof AtollErrors) errors.push(...error.errors);
  else if (error instanceof AtollError) errors.push(error);
  else throw error;
}

/** Every client's rows, split for every seed; the problems of all clients are reported at once. */
export async function prepareClients(
  experiment: Experiment,
  experimentDirectory: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, readonly SplitClient[]>> {
  const { data, negatives } = experiment;
  const tables = await readTables(experiment, experimentDirectory, onEvent, signal);
  tables.sort((a, b) => (a.client < b.client ? -1 : 1));
  const errors: AtollError[] = [];
  const splits = new Map<number, SplitClient[]>(experiment.seeds.map((seed) => [seed, []]));
  for (const { client, table, columns } of tables) {
    try {
      for (const [seed, list] of splits)
        list.push(
          splitClient(
            table,
            {
              client,
              columns,
              feedback: data.kind === "synthetic" ? "explicit" : data.feedback,
              ...(data.kind === "files" && data.duplicates && { duplicates: data.duplicates }),
              ...(data.kind === "synthetic" && { oracleColumn }),
              split: experiment.split,
              ...(negatives && { negatives }),
            },
            seed,
          ),
        );
    } catch (error) {
      collect(errors, error);
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return splits;
}
