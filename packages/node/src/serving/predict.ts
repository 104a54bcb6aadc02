import type { RawColumn } from "@atoll/core/data";
import {
  isRecommender,
  newRows,
  openKept,
  outputNames,
  servedColumns,
  type Seen,
} from "@atoll/core/serving";
import { onnxExecutor } from "../executor/index.ts";
import type { SourceConfig } from "../sources/index.ts";
import { rowBlocks } from "./blocks.ts";
import { openClient, openServed, type Choice, type ServedRun } from "./choose.ts";
import { withHistoryNote } from "./history-note.ts";
import { refuseTaken } from "./refuse-taken.ts";
import { openRequests, predictRequests } from "./requests/index.ts";
import { openScores } from "./scores-file.ts";
import { RANK, topOfUsers } from "./top.ts";
import { bringsHistory, HISTORY_NOTE } from "./recommender-history.ts";
import { wholeCatalogue, withTopNote } from "./whole-catalogue.ts";

export interface PredictOptions extends Choice {
  readonly client: string;
  readonly rows: SourceConfig;
  /** CSV or, by its ending, Parquet; written whole or not at all. */
  readonly out: string;
  /** Columns of the rows that stand before the scores; default: those of user and item. */
  readonly keep?: readonly string[];
  /** Only the best rows of each user, best first. */
  readonly top?: number;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onRows?: (numRows: number) => void;
  /** Called before the first row, with what was chosen. */
  readonly onModel?: (run: ServedRun) => void;
  /** Called before a fit that may take minutes. */
  readonly onFit?: (items: number) => void;
}

export interface PredictOutcome {
  readonly method: string;
  readonly why: string | undefined;
  readonly seed: number;
  readonly client: string;
  readonly rows: number;
  /** Rows that were written: fewer than `rows` where only the best of each user are. */
  readonly written: number;
  readonly columns: readonly string[];
  readonly seen: readonly Seen[];
  /** What was taken for granted where the rows do not say it. */
  readonly notes?: readonly string[];
}

/** Scores new rows with a run's model, block by block: each row in its place, whatever it holds. */
export async function predictRows(
  directory: string,
  options: PredictOptions,
): Promise<PredictOutcome> {
  const { client, rows, out, top, signal, onRows } = options;
  const run = await openServed(directory, options);
  const requests = await openRequests(run, client);
  if (requests !== undefined) {
    options.onModel?.(run);
    const { why, seed, method } = run;
    const predicted = await predictRequests(requests, options);
    return { method: method.entry.name, why, seed, client, ...predicted };
  }
  const file = openScores(out);
  const { kept, columns, roles } = await openClient(run, client, options);
  options.onModel?.(run);
  const executor = onnxExecutor({ intraOpThreads: options.threads ?? 1 });
  const model = await openKept(kept, { client, executor });
  const names = outputNames(model.tasks);
  const keep = options.keep ?? [roles.user, roles.item].filter((column) => column !== undefined);
  const best = top === undefined ? undefined : topOfUsers(top, roles.user, client);
  refuseTaken(keep, best === undefined ? names : [...names, RANK], client);
  let numRows = 0;
  let written = 0;
  let withHistory = false;
  const users: Seen = { feature: "user", values: 0, unknown: 0, missing: 0 };
  try {
    const source = {
      client,
      served: servedColumns(columns, kept),
      keep: best === undefined ? keep : [...new Set([...keep, best.column])],
      ...(signal && { signal }),
      ...(onRows && { onRows }),
    };
    const blocks =
      best === undefined || !isRecommender(kept)
        ? rowBlocks(rows, source)
        : wholeCatalogue(rows, { ...source, kept, roles, users });
    for await (const block of blocks) {
      signal?.throwIfAborted();
      const scores = await model.score(newRows(columns, block.table, client));
      const scored: Record<string, RawColumn> = {};
      names.forEach((name, t) => {
        const values = new Float64Array(block.numRows);
        for (let row = 0; row < block.numRows; row++) values[row] = scores[row * names.length + t]!;
        scored[name] = { kind: "number", values };
      });
      numRows += block.fileRows;
      withHistory ||= isRecommender(kept) && bringsHistory(columns, block);
      const table = { numRows: block.numRows, columns: { ...block.kept, ...scored } };
      if (best === undefined) {
        await file.write(table);
        written += block.numRows;
      } else best.take(table, names[0]!);
    }
    if (best !== undefined) {
      const table = best.table([...keep, ...names]);
      await file.write(table);
      written = table.numRows;
    }
    await file.finish({
      ...Object.fromEntries(names.map((name) => [name, "DOUBLE" as const])),
      ...(best && { [RANK]: "INTEGER" as const }),
    });
  } catch (error) {
    await file.discard();
    throw withHistoryNote(isRecommender(kept) ? withTopNote(error, roles.item) : error);
  } finally {
    await model.close();
  }
  return {
    method: run.method.entry.name,
    why: run.why,
    seed: run.seed,
    client,
    rows: numRows,
    written,
    columns: [...(best === undefined ? keep : [...keep, RANK]), ...names],
    // Of a whole catalogue, pairs would be counted.
    seen: users.values + users.missing > 0 ? [users] : model.seen,
    ...(withHistory && { notes: [HISTORY_NOTE] }),
  };
}
