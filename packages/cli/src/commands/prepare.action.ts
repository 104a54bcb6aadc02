import { resolve } from "node:path";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import { prepareTables, type PreparedTable, type RunEvent } from "@atoll/node/runs";
import { cacheDirectory } from "@atoll/node/tables";
import type { AtollContext } from "../context.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { progressFor } from "../terminal/progress-for.ts";
import { table } from "../terminal/table.ts";
import { bytes } from "../terminal/units.ts";
import { UsageError } from "./usage-error.ts";
import type { PrepareFlags } from "./prepare.ts";

const ORIGINS: Readonly<Record<PreparedTable["origin"], string>> = {
  cache: "from the cache",
  built: "read",
  rebuilt: "read again",
};

/** Dictionaries that are shown by name; a client may have hundreds. */
const MOST_SHOWN = 4;

export async function action(context: AtollContext, flags: PrepareFlags, file: string) {
  const path = resolve(context.cwd, file);
  const experiment = await readExperiment(path, (flags.set ?? []).map(parseOverride));
  if (experiment.data.kind !== "files")
    throw new UsageError("the data of this experiment are synthetic; there is nothing to read");
  const experimentDirectory = resolve(path, "..");
  const cache = cacheDirectory(experimentDirectory, process.env["ATOLL_CACHE"]);
  if (cache === undefined) throw new UsageError("ATOLL_CACHE is off; unset it, or name a folder");
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = progressFor<RunEvent>(context, flags.json || flags.quiet ? "quiet" : "shown", {
    plain: plainProgress,
    live: liveProgress,
  });
  try {
    const prepared = await prepareTables(experiment, {
      experimentDirectory,
      cache,
      onEvent: progress.show,
      signal: abort.signal,
      now: context.now,
    });
    progress.close();
    context.process.stdout.write(
      flags.json ? `${JSON.stringify({ cache, tables: prepared })}\n` : describe(prepared, cache),
    );
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped; the tables that were ready stay in the cache.\n");
    context.process.exitCode = 130;
  } finally {
    progress.close();
    stopListening();
  }
}

function describe(prepared: readonly PreparedTable[], cache: string): string {
  const number = (value: number) => value.toLocaleString("en-US");
  const header = ["client", "rows", "columns", "disk", "rows/s", "", "most values"];
  const lines = prepared.map(({ client, rows, columns, bytes: size, seconds, origin }) => [
    client,
    number(rows),
    number(columns.length),
    bytes(size),
    origin === "cache" || seconds === 0 ? "" : number(Math.round(rows / seconds)),
    ORIGINS[origin],
    columns
      .filter(({ kind }) => kind === "text")
      .toSorted((a, b) => b.numValues - a.numValues)
      .slice(0, MOST_SHOWN)
      .map(({ name, numValues }) => `${name} (${number(numValues)})`)
      .join(", "),
  ]);
  return `${table([header, ...lines], { left: [0, 5, 6] })}\n\nCache    ${cache}\n`;
}
