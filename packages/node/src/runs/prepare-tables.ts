import { AtollErrors, type AtollError } from "@atoll/core/errors";
import type { Experiment } from "../experiment/index.ts";
import { cachedTable, type Origin, type StoredColumn } from "../tables/index.ts";
import { clientSources } from "./client-sources.ts";
import { collectProblems } from "./collect-problems.ts";
import type { RunEvent } from "./events.ts";

/** A client's table as it lies in the cache. */
export interface PreparedTable {
  readonly client: string;
  readonly rows: number;
  readonly columns: readonly StoredColumn[];
  readonly bytes: number;
  readonly origin: Origin["kind"];
  readonly seconds: number;
}

/** Fills the cache with every client's table; a run of the same experiment starts from there. */
export async function prepareTables(
  experiment: Experiment,
  options: {
    readonly experimentDirectory: string;
    readonly cache: string;
    readonly onEvent: (event: RunEvent) => void;
    readonly signal: AbortSignal;
    readonly now: () => Date;
  },
): Promise<readonly PreparedTable[]> {
  const { cache, onEvent, signal, now } = options;
  const clients = clientSources(experiment, options.experimentDirectory);
  const prepared: PreparedTable[] = [];
  const errors: AtollError[] = [];
  for (const [i, { client, source, wanted }] of clients.entries()) {
    signal.throwIfAborted();
    const begin = now().getTime();
    const place = { client, done: i, total: clients.length };
    try {
      const { table, origin } = await cachedTable(source, {
        client,
        columns: wanted,
        directory: cache,
        signal,
        onRows: (rows) => onEvent({ kind: "reading", ...place, rows }),
      });
      if (origin.kind === "rebuilt")
        onEvent({ kind: "cache-damaged", client, damage: origin.damage });
      const { numRows: rows, columns, bytes } = table;
      table.close();
      const seconds = (now().getTime() - begin) / 1000;
      prepared.push({ client, rows, columns, bytes, origin: origin.kind, seconds });
      onEvent({ kind: "read", client, rows, done: i + 1, total: clients.length });
    } catch (error) {
      collectProblems(errors, error);
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return prepared;
}
