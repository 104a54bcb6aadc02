import { basename } from "node:path";
import {
  oraclesOfWorld,
  splitClient,
  splitStored,
  unlearnableLabels,
  worldClients,
  worldPerSeed,
  type WorldConfig,
  type ColumnsConfig,
  type RawTable,
  type SplitClient,
  type SplitRules,
  type TrueAffinity,
} from "@atoll/core/data";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { resolveMethod } from "@atoll/core/methods";
import { feedbackOf, learnedTask, rolesOf, type Experiment } from "../experiment/index.ts";
import { cachedTable, cacheDirectory, readCached, type StoredTable } from "../tables/index.ts";
import { clientSources } from "./client-sources.ts";
import { collectProblems } from "./collect-problems.ts";
import type { RunEvent } from "./events.ts";

/** A client's rows, in memory or, where data.storage says so, on disk. */
export interface ClientTable {
  readonly client: string;
  readonly rows: RawTable | StoredTable;
  readonly columns: ColumnsConfig;
  /** What users want, where a synthetic world's users choose. */
  readonly affinity?: TrueAffinity;
}

export interface PrepareOptions {
  /** Clients to read; default: all of them. Of a made-up world the others are made all the same. */
  readonly only?: readonly string[];
}

/** Every client's rows; the problems of all clients are reported at once. */
export async function readTables(
  experiment: Experiment,
  experimentDirectory: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
  { only }: PrepareOptions = {},
): Promise<ClientTable[]> {
  const { data } = experiment;
  const isWanted = ({ client }: { readonly client: string }) => only?.includes(client) ?? true;
  if (data.kind !== "files")
    return worldClients(data)
      .filter(isWanted)
      .map(({ table, ...client }) => ({ ...client, rows: table, columns: rolesOf(experiment) }));
  const cache = cacheDirectory(experimentDirectory, process.env["ATOLL_CACHE"]);
  const clients = clientSources(experiment, experimentDirectory).filter(isWanted);
  const tables: ClientTable[] = [];
  const errors: AtollError[] = [];
  for (const { client, source, wanted, columns } of clients) {
    signal.throwIfAborted();
    const place = { client, done: tables.length, total: clients.length };
    try {
      const options = {
        client,
        columns: wanted,
        signal,
        onRows: (rows: number) => onEvent({ kind: "reading", ...place, rows }),
      };
      const { table, origin } =
        data.storage === "disk"
          ? await cachedTable(source, { ...options, directory: cacheForDisk(cache) })
          : await readCached(source, { ...options, directory: cache });
      if (origin.kind === "rebuilt")
        onEvent({ kind: "cache-damaged", client, damage: origin.damage });
      tables.push({ client, rows: table, columns });
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

function cacheForDisk(cache: string | undefined): string {
  if (cache !== undefined) return cache;
  throw new AtollError(
    "DATA_NEEDS_CACHE",
    "data.storage is disk, but ATOLL_CACHE=off leaves no cache to keep rows in; unset ATOLL_CACHE, or set it to a folder",
  );
}

/** One seed's split; of rows on disk, the threads that train open the table again. */
function splitOf(rows: RawTable | StoredTable, rules: SplitRules, seed: number): SplitClient {
  if (!("directory" in rows)) return splitClient(rows, rules, seed);
  const { directory } = rows;
  const stored = { directory, key: basename(directory), columns: rules.columns };
  return { ...splitStored(rows, rules, seed), stored };
}

/** What an experiment says about the rows of a client. */
export function rulesOf(
  { data, split, negatives }: Experiment,
  client: string,
  columns: ColumnsConfig,
): SplitRules {
  const oracleColumns = data.kind === "files" ? [] : oraclesOfWorld(data);
  return {
    client,
    columns,
    feedback: feedbackOf({ data }),
    ...(data.kind === "files" && data.duplicates && { duplicates: data.duplicates }),
    ...(oracleColumns.length > 0 && { oracleColumns }),
    split,
    ...(negatives && { negatives }),
  };
}

/** Labels of which nothing can be learned with some seed, whichever client is asked; each is told once. */
function labelProblems(
  experiment: Experiment,
  splits: ReadonlyMap<number, readonly SplitClient[]>,
): AtollError[] {
  const columns = rolesOf(experiment);
  const alone = experiment.methods
    .map((entry) => learnedTask(resolveMethod(entry), experiment, columns))
    .filter((task) => task !== undefined);
  const all = [...splits.values()].flatMap((clients) => unlearnableLabels(clients, alone));
  return [...new Map(all.map((error) => [`${error.code} ${error.message}`, error])).values()];
}

/** Every client's rows, split for every seed; the problems of all clients are reported at once. */
export async function prepareClients(
  experiment: Experiment,
  experimentDirectory: string,
  onEvent: (event: RunEvent) => void,
  signal: AbortSignal,
  options: PrepareOptions = {},
): Promise<ReadonlyMap<number, readonly SplitClient[]>> {
  const { data } = experiment;
  if (data.kind !== "files" && worldPerSeed(data)) return splitWorlds(experiment, data, options);
  const tables = await readTables(experiment, experimentDirectory, onEvent, signal, options);
  tables.sort((a, b) => (a.client < b.client ? -1 : 1));
  const errors: AtollError[] = [];
  const splits = new Map<number, SplitClient[]>(experiment.seeds.map((seed) => [seed, []]));
  for (const [done, { client, rows, columns, affinity }] of tables.entries()) {
    signal.throwIfAborted();
    onEvent({ kind: "splitting", client, done, total: tables.length });
    try {
      const rules = {
        ...rulesOf(experiment, client, columns),
        ...(affinity && { affinity }),
      };
      for (const [seed, list] of splits) list.push(splitOf(rows, rules, seed));
    } catch (error) {
      collectProblems(errors, error);
    } finally {
      if ("close" in rows) rows.close();
    }
  }
  if (errors.length === 0) errors.push(...labelProblems(experiment, splits));
  if (errors.length > 0) throw new AtollErrors(errors);
  return splits;
}

/** The clients of a world for each seed. */
function splitWorlds(
  experiment: Experiment,
  data: WorldConfig,
  { only }: PrepareOptions,
): ReadonlyMap<number, readonly SplitClient[]> {
  const columns = rolesOf(experiment);
  const errors: AtollError[] = [];
  const splits = new Map(
    experiment.seeds.map((seed) => {
      const clients: SplitClient[] = [];
      for (const { client, table } of worldClients(data, seed)) {
        if (only?.includes(client) === false) continue;
        try {
          clients.push(splitOf(table, rulesOf(experiment, client, columns), seed));
        } catch (error) {
          collectProblems(errors, error);
        }
      }
      return [seed, clients.sort((a, b) => (a.client < b.client ? -1 : 1))] as const;
    }),
  );
  if (errors.length === 0) errors.push(...labelProblems(experiment, splits));
  if (errors.length > 0) throw new AtollErrors(errors);
  return splits;
}
