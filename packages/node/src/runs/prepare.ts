import {
  oracleColumn,
  splitClient,
  syntheticColumns,
  syntheticWorld,
  type ColumnsConfig,
  type RawTable,
  type SplitClient,
} from "@atoll/core/data";
import { AtollErrors, type AtollError } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import { cacheDirectory, readCached } from "../tables/index.ts";
import { clientSources } from "./client-sources.ts";
import { collectProblems } from "./collect-problems.ts";
import type { RunEvent } from "./events.ts";

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
  const cache = cacheDirectory(experimentDirectory, process.env["ATOLL_CACHE"]);
  const clients = clientSources(experiment, experimentDirectory);
  const tables: ClientTable[] = [];
  const errors: AtollError[] = [];
  for (const { client, source, wanted, columns } of clients) {
    signal.throwIfAborted();
    const place = { client, done: tables.length, total: clients.length };
    try {
      const { table, origin } = await readCached(source, {
        client,
        columns: wanted,
        signal,
        directory: cache,
        onRows: (rows) => onEvent({ kind: "reading", ...place, rows }),
      });
      if (origin.kind === "rebuilt")
        onEvent({ kind: "cache-damaged", client, damage: origin.damage });
      tables.push({ client, table, columns });
      onEvent({
        kind: "read",
        client,
        rows: table.numRows,
        done: tables.length,
        total: clients.length,
      });
    } catch (error) {
      collectProblems(errors, error);
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return tables;
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
      collectProblems(errors, error);
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return splits;
}
