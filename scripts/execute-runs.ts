import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { resultSchema, type Result } from "@atoll/node/results";
import { resumeRun, runExperiment, type RunOptions } from "@atoll/node/runs";
import { readRecord, writeRecord } from "./records.ts";
import { plan, type Planned, type Run } from "./pf-msmtrec-runs.ts";
import { plain } from "./pf-msmtrec-variants.ts";

export interface ExecuteOptions {
  /** Where each run has a folder of its name. */
  readonly folder: string;
  /** Where the example files lie. */
  readonly examples: string;
  readonly wanted: (run: Run) => boolean;
  readonly say: (line: string) => void;
  /** Where finished runs leave a record; default: nowhere. */
  readonly records?: { readonly folder: string; readonly read: boolean } | undefined;
  /** Default: as many as the machine has. */
  readonly threads?: number | undefined;
  /** Stands in for an experiment's own settings, such as fewer rounds where only the page is looked at. */
  readonly planned?: (run: Run, examples: string) => Promise<Planned>;
}

/** What there is of a run. */
type Found =
  | { readonly kind: "done"; readonly result: Result }
  | { readonly kind: "open" | "new" }
  | { readonly kind: "impossible"; readonly why: string };

/**
 * Runs what is wanted and unfinished, one after another, and gives the results of all
 * that is finished, wanted or not. A folder that holds another experiment than the files now say is
 * neither taken for a result nor touched.
 */
export async function executeRuns(
  runs: readonly Run[],
  { folder, examples, wanted, say, records, threads, planned = plan }: ExecuteOptions,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>();
  for (const [place, run] of runs.entries()) {
    const directory = join(folder, run.name);
    const where = `${run.name} (${place + 1} of ${runs.length})`;
    const own = await planned(run, examples).catch((error: Error) => error);
    if (own instanceof Error) {
      if (wanted(run)) say(`${where}: ${own.message}`);
      continue;
    }
    const found = await look(directory, own);
    if (found.kind === "done") {
      results.set(run.name, found.result);
      if (wanted(run)) say(`${where}: done before`);
      if (records !== undefined)
        await writeRecord(records.folder, run.name, { result: found.result, finished: new Date() });
      continue;
    }
    const recorded =
      records?.read === true ? await readRecord(records.folder, run.name) : undefined;
    if (recorded !== undefined && same(recorded.experiment, own.experiment)) {
      results.set(run.name, recorded);
      if (wanted(run)) say(`${where}: from its record`);
      continue;
    }
    if (!wanted(run)) continue;
    if (found.kind === "impossible") {
      say(`${where}: ${found.why}`);
      continue;
    }
    say(`${where}: ${found.kind === "open" ? "goes on" : "begins"}`);
    const options = optionsOf(run.name, { say, threads });
    const outcome =
      found.kind === "open"
        ? await resumeRun(directory, options)
        : await runExperiment(own.experiment, {
            ...options,
            experimentDirectory: own.directory,
            directory,
          });
    if (outcome.kind !== "done") throw new Error("the run was stopped");
    results.set(run.name, outcome.result);
    if (records !== undefined)
      await writeRecord(records.folder, run.name, { result: outcome.result, finished: new Date() });
  }
  return results;
}

async function look(directory: string, { experiment, directory: base }: Planned): Promise<Found> {
  const read = async (name: string): Promise<unknown> => {
    const path = join(directory, name);
    return existsSync(path) ? (JSON.parse(await readFile(path, "utf8")) as unknown) : undefined;
  };
  const record = (await read("run.json")) as { readonly experiment: unknown } | undefined;
  if (record !== undefined && !same(record.experiment, experiment))
    return {
      kind: "impossible",
      why: `${directory} holds another experiment than the files say now; remove it, or name another folder with --from`,
    };
  if (record !== undefined) {
    const written = await read("result.json");
    return written === undefined
      ? { kind: "open" }
      : { kind: "done", result: resultSchema.parse(written) };
  }
  if (experiment.data.kind === "files" && !existsSync(resolve(base, experiment.data.directory)))
    return { kind: "impossible", why: "its data are absent" };
  return { kind: "new" };
}

/** Whether a recorded experiment is this one; settings that are newer than the record count with their defaults. */
function same(recorded: unknown, experiment: Experiment): boolean {
  const read = experimentSchema.safeParse(recorded);
  return read.success && isDeepStrictEqual(plain(read.data), plain(experiment));
}

function optionsOf(
  name: string,
  { say, threads }: Pick<ExecuteOptions, "say" | "threads">,
): RunOptions {
  let cells = 0;
  let done = 0;
  return {
    signal: new AbortController().signal,
    now: () => new Date(),
    ...(threads !== undefined && { threads }),
    onEvent: (event) => {
      if (event.kind === "plan") {
        cells = event.cells.length;
        done = event.finished.length;
      }
      if (event.kind !== "cell-end") return;
      done += 1;
      say(
        `${name}: ${event.method}, seed ${event.seed}, ${Math.round(event.seconds)} s; ${cells - done} of ${cells} trainings left`,
      );
    },
  };
}
