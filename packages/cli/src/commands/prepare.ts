import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import { prepareTables, type PreparedTable, type RunEvent } from "@atoll/node/runs";
import { cacheDirectory } from "@atoll/node/tables";
import type { AtollContext } from "../context.ts";
import { liveProgress, plainProgress } from "../terminal/progress.ts";
import { progressFor } from "../terminal/progress-for.ts";
import { table } from "../terminal/table.ts";
import { bytes } from "../terminal/units.ts";
import { UsageError } from "./run.ts";
import { setFlag } from "./set-flag.ts";

interface PrepareFlags {
  readonly set?: readonly string[];
  readonly quiet: boolean;
  readonly json: boolean;
}

export const prepareCommand = buildCommand<PrepareFlags, [string], AtollContext>({
  docs: {
    brief: "Read every client's rows into the cache, from which runs start at once",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the experiment, a YAML file", parse: String, placeholder: "FILE" }],
    },
    flags: {
      set: setFlag,
      quiet: { kind: "boolean", default: false, brief: "print the final table only" },
      json: { kind: "boolean", default: false, brief: "print JSON" },
    },
  },
  func: async function (this: AtollContext, flags: PrepareFlags, file: string) {
    const path = resolve(this.cwd, file);
    const experiment = await readExperiment(path, (flags.set ?? []).map(parseOverride));
    if (experiment.data.kind !== "files")
      throw new UsageError("the data of this experiment are synthetic; there is nothing to read");
    const experimentDirectory = resolve(path, "..");
    const cache = cacheDirectory(experimentDirectory, process.env["ATOLL_CACHE"]);
    if (cache === undefined) throw new UsageError("ATOLL_CACHE is off; unset it, or name a folder");
    const abort = new AbortController();
    const stopListening = this.onInterrupt(() => abort.abort());
    const progress = progressFor<RunEvent>(this, flags.json || flags.quiet ? "quiet" : "shown", {
      plain: plainProgress,
      live: liveProgress,
    });
    try {
      const prepared = await prepareTables(experiment, {
        experimentDirectory,
        cache,
        onEvent: progress.show,
        signal: abort.signal,
        now: this.now,
      });
      progress.close();
      this.process.stdout.write(
        flags.json ? `${JSON.stringify({ cache, tables: prepared })}\n` : describe(prepared, cache),
      );
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      this.process.stderr.write("\nStopped; the tables that were ready stay in the cache.\n");
      this.process.exitCode = 130;
    } finally {
      progress.close();
      stopListening();
    }
  },
});

const ORIGINS: Readonly<Record<PreparedTable["origin"], string>> = {
  cache: "from the cache",
  built: "read",
  rebuilt: "read again",
};

/** Dictionaries that are shown by name; a client may have hundreds. */
const MOST_SHOWN = 4;

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
