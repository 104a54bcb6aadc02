import { existsSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { experimentSchema, type Experiment } from "@atoll/node/experiment";
import { resultSchema, type Result } from "@atoll/node/results";
import { resumeRun, runExperiment, type RunOptions } from "@atoll/node/runs";
import { planRun, type Planned, type Run } from "./plan-run.ts";
import { machineText, readRecord, writeRecord, type RunRecord } from "./records.ts";
import { plain } from "./settings.ts";

export interface ExecuteOptions {
  /** Whose runs these are. */
  readonly page: string;
  /** Where each run has a folder, `<page>-<run>`. */
  readonly folder: string;
  /** Where the example files lie. */
  readonly examples: string;
  readonly wanted: (run: Run) => boolean;
  readonly say: (line: string) => void;
  /**
   * Where finished runs leave a record. It stands in for what is not wanted and has no folder; with `trust`, also for
   * what is wanted, and nothing is trained.
   */
  readonly records?: { readonly folder: string; readonly trust: boolean } | undefined;
  /** Default: as many as the machine has. */
  readonly threads?: number | undefined;
  readonly signal: AbortSignal;
}

/** What there is of a run. */
export type Found =
  | { readonly kind: "done"; readonly result: Result; readonly day: string }
  | { readonly kind: "recorded"; readonly record: RunRecord }
  | { readonly kind: "open" | "new" }
  | { readonly kind: "impossible"; readonly why: string };

/**
 * Runs what is wanted and unfinished, one after another, and gives what pages need of all that is
 * finished, wanted or not. A folder that holds another experiment than the files now say is
 * neither taken for a result nor touched.
 */
export async function executeRuns(
  runs: readonly Run[],
  options: ExecuteOptions,
): Promise<ReadonlyMap<string, RunRecord>> {
  const { page, folder, examples, wanted, say, records, signal } = options;
  const finished = new Map<string, RunRecord>();
  for (const [place, run] of runs.entries()) {
    const path = `${page}/${run.name}`;
    const where = `${path} (${place + 1} of ${runs.length})`;
    const planned = await planRun(run, { examples, page }).catch((error: Error) => error);
    if (planned instanceof Error) {
      if (wanted(run)) say(`${where}: ${planned.message}`);
      continue;
    }
    const runDirectory = join(folder, `${page}-${run.name}`);
    const ended = async (result: Result, day: string) => {
      const measured = await run.measure?.({ ...planned, runDirectory, say });
      const record = {
        finished: day,
        machine: machineText(),
        result,
        ...(measured !== undefined && { measured }),
      };
      finished.set(run.name, record);
      if (records !== undefined) await writeRecord(records.folder, `${page}-${run.name}`, record);
    };
    const found = await look(run, planned, options);
    if (found.kind === "done") {
      if (wanted(run)) say(`${where}: done before`);
      await ended(found.result, found.day);
    } else if (found.kind === "recorded") {
      if (wanted(run)) say(`${where}: from its record`);
      finished.set(run.name, found.record);
    } else if (wanted(run) && found.kind === "impossible") say(`${where}: ${found.why}`);
    else if (wanted(run) && records?.trust === true)
      say(`${where}: no record of it as the files have it now; not trained`);
    else if (wanted(run)) {
      say(`${where}: ${found.kind === "open" ? "goes on" : "begins"}`);
      const how = optionsOf(path, options);
      const outcome =
        found.kind === "open"
          ? await resumeRun(runDirectory, how)
          : await runExperiment(planned.experiment, {
              ...how,
              experimentDirectory: planned.directory,
              directory: runDirectory,
            });
      if (outcome.kind !== "done") {
        signal.throwIfAborted();
        throw new Error(`${path} was stopped`);
      }
      await ended(outcome.result, dayOf(new Date()));
    }
  }
  return finished;
}

const dayOf = (time: Date) => time.toISOString().slice(0, 10);

/** What there is of a run: its folder before its record, and a record only where it may stand in. */
export async function look(
  run: Run,
  planned: Planned,
  { page, folder, records, wanted }: Pick<ExecuteOptions, "page" | "folder" | "records" | "wanted">,
): Promise<Found> {
  const found = await lookInto(join(folder, `${page}-${run.name}`), planned);
  if (found.kind === "done" || records === undefined || (wanted(run) && !records.trust))
    return found;
  const record = await readRecord(records.folder, `${page}-${run.name}`);
  return record !== undefined && same(record.result.experiment, planned.experiment)
    ? { kind: "recorded", record }
    : found;
}

async function lookInto(
  directory: string,
  { experiment, directory: base }: Planned,
): Promise<Found> {
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
    if (written === undefined) return { kind: "open" };
    const { mtime } = await stat(join(directory, "result.json"));
    return { kind: "done", result: resultSchema.parse(written), day: dayOf(mtime) };
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

/** Says after every training what is left, and how long that takes at the pace so far. */
function optionsOf(
  path: string,
  { say, threads, signal }: Pick<ExecuteOptions, "say" | "threads" | "signal">,
): RunOptions {
  const begin = performance.now();
  let cells = 0;
  let before = 0;
  let done = 0;
  return {
    signal,
    now: () => new Date(),
    ...(threads !== undefined && { threads }),
    onEvent: (event) => {
      if (event.kind === "plan") {
        cells = event.cells.length;
        before = event.finished.length;
      }
      if (event.kind !== "cell-end") return;
      done += 1;
      const left = cells - before - done;
      const minutes = ((performance.now() - begin) / 60_000 / done) * left;
      say(
        `${path}: ${event.method}, seed ${event.seed}, ${Math.round(event.seconds)} s; ${left} of ${cells} trainings left${left === 0 ? "" : `, about ${Math.ceil(minutes)} min`}`,
      );
    },
  };
}
