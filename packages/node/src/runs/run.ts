import { availableParallelism } from "node:os";
import type { SplitClient } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { describeMessages, type DeclaredMessage } from "@atoll/core/federation";
import { tellingFeatures } from "@atoll/core/metrics";
import type { Experiment } from "../experiment/index.ts";
import { loadExtensions, recordsOf } from "../extensions/index.ts";
import {
  assembleResult,
  codebookPages,
  type CandidateFile,
  type CodebookPages,
  domainPages,
  type DomainPages,
  type MetricsLine,
} from "../results/index.ts";
import { workerPool } from "../workers/index.ts";
import { askForAnswers, augmentationSources, placeOfExperiment } from "./augmentation.ts";
import { writeCandidates } from "./candidates.ts";
import { runCell, type CellContext } from "./cell.ts";
import { decodeCheckpoint } from "./checkpoint.ts";
import { describeEnvironment, type Environment } from "./environment.ts";
import type { CellName, RunEvent, RunOutcome } from "./events.ts";
import {
  newRunFolder,
  oldRunFolder,
  type CellRecord,
  type OldRun,
  type RunFolder,
  type RunRecord,
} from "./folder.ts";
import { keptBy } from "./kept.ts";
import { inOwnFolder } from "./own-folder.ts";
import { partiesOf, planOf, stagesOf, type Plan } from "./plan.ts";
import { prepareClients } from "./prepare.ts";
import { privacyPlaceOf } from "./privacy-place.ts";
import { runInOrder } from "./schedule.ts";
import { withoutTestRows } from "./without-test-rows.ts";

export interface RunOptions {
  /** Threads in all, a client's own among them; default: the machine's cores, as many as parties need. */
  readonly threads?: number;
  /** Stops the run between rounds; what was done is saved. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onEvent: (event: RunEvent) => void;
  /** Where worker threads come from; default: new ones, which end with the run. */
  readonly openPool?: typeof workerPool;
  /** Starts a training once the machine has room for it, where other runs share it; default: at once. */
  readonly inTurn?: <T>(training: () => Promise<T>) => Promise<T>;
}

/** Runs an experiment into a new folder. */
export async function runExperiment(
  experiment: Experiment,
  options: RunOptions & { readonly experimentDirectory: string; readonly directory: string },
): Promise<RunOutcome> {
  const { experimentDirectory, directory } = options;
  const extensions = await loadExtensions(experiment.extensions ?? [], experimentDirectory);
  const record: RunRecord = {
    schema: "atoll/run/v1",
    experiment,
    experimentDirectory,
    ...(extensions.length > 0 && {
      extensions: recordsOf(extensions),
    }),
  };
  return inOwnFolder(directory, {
    open: () => newRunFolder(directory),
    work: async (folder) => {
      await folder.writeJson("run.json", record);
      return execute({ folder, record, extensions }, options);
    },
  });
}

/** Continues the run in a folder; the numbers are those of an uninterrupted run. */
export async function resumeRun(directory: string, options: RunOptions): Promise<RunOutcome> {
  return inOwnFolder(directory, {
    open: () => oldRunFolder(directory),
    work: (run) => execute(run, options),
  });
}

/**
 * Gives the run in a folder other seeds or methods, to be resumed with. Cells are known by their seed and method:
 * those that stay are not trained again, so what they come of must stay too.
 */
export async function changeRun(directory: string, experiment: Experiment): Promise<void> {
  await inOwnFolder(directory, {
    open: () => oldRunFolder(directory),
    work: ({ folder, record }) => folder.writeJson("run.json", { ...record, experiment }),
  });
}

/** What a report shows beside the result. */
export interface RunFiles {
  readonly environment: Environment;
  readonly lines: readonly MetricsLine[];
  /** What each method's messages may carry, by method name. */
  readonly messages: Readonly<Record<string, readonly DeclaredMessage[]>>;
  /** Of the first seed, where methods have codebooks. */
  readonly codebooks: CodebookPages | undefined;
  /** Of the first seed, where methods have encoders of domains. */
  readonly domains: DomainPages | undefined;
}

/** Reads the rest of a finished run back from its folder. */
export async function readRun(directory: string): Promise<RunFiles> {
  const { folder, record } = await oldRunFolder(directory);
  const { methods: planned } = planOf(record.experiment as Experiment);
  const messages = planned.map(({ entry, settings }) => {
    return [entry.name, describeMessages(stagesOf(entry, settings))] as const;
  });
  const pages = await folder.readJson<unknown>("codebooks.json");
  const domains = await folder.readJson<unknown>("domains.json");
  return {
    codebooks: pages === undefined ? undefined : codebookPages.parse(pages),
    domains: domains === undefined ? undefined : domainPages.parse(domains),
    environment: (await folder.readJson<Environment>("environment.json"))!,
    lines: await folder.readLines(),
    messages: Object.fromEntries(messages),
  };
}

/** Work before the first training, such as reading rows, ends with the signal's reason where it is stopped. */
async function execute(run: OldRun, options: RunOptions): Promise<RunOutcome> {
  try {
    return await executed(run, options);
  } catch (error) {
    if (!options.signal.aborted || error !== options.signal.reason) throw error;
    return { kind: "stopped", directory: run.folder.path, saved: [] };
  }
}

async function executed(
  { folder, record, extensions }: OldRun,
  options: RunOptions,
): Promise<RunOutcome> {
  const { signal, now, onEvent, inTurn = (training) => training() } = options;
  const experiment = record.experiment as Experiment;
  const startedAt = now();
  const plan = planOf(experiment);
  const place = placeOfExperiment(record.experimentDirectory);
  const sources = await augmentationSources(plan.methods, place);
  const prepared = await prepareClients(experiment, record.experimentDirectory, onEvent, signal);
  const splits = experiment.evaluation.on === "validation" ? withoutTestRows(prepared) : prepared;
  const firsts = splits.get(experiment.seeds[0]!)!;
  const clients = firsts.map((split) => split.client);
  const telling = firsts
    .map((split) => [split.client, tellingFeatures(split)] as const)
    .filter(([, features]) => features.length > 0);
  if (telling.length > 0)
    onEvent({ kind: "telling", clients: Object.fromEntries(telling), of: clients.length });
  // Clients in training share the machine: as many at a time as their threads leave room for.
  const room = (options.threads ?? availableParallelism()) / experiment.engine.threadsPerClient;
  const most = plan.methods.map(({ entry }) =>
    Math.max(clients.length, partiesOf(entry, clients).length),
  );
  const threads = Math.min(
    Math.max(1, Math.floor(room)),
    most.reduce((sum, parties) => sum + parties, 0),
  );
  await folder.writeJson("environment.json", await describeEnvironment(threads, startedAt));

  const records = new Map<string, CellRecord>();
  const keyOf = ({ seed, method }: CellName) => `${seed}/${method}`;
  for (const cell of plan.cells) {
    const done = await folder.readCell(cell);
    if (done !== undefined) records.set(keyOf(cell), done);
  }
  await dropRepeatedLines(folder, plan, records);
  announce(plan, splits, records, threads, clients, onEvent);

  const open = plan.cells.flatMap((cell) => {
    if (records.has(keyOf(cell))) return [];
    return { ...cell, planned: plan.methods.find(({ entry }) => entry.name === cell.method)! };
  });
  const toAsk = open.map(({ seed, planned }) => ({ method: planned, splits: splits.get(seed)! }));
  await askForAnswers(toAsk, { folder, place, signal, onEvent });

  const candidates = await saveCandidates(folder, experiment, splits);
  const pool = (options.openPool ?? workerPool)(threads, experiment.engine);
  const stopped: (CellName & { round: number })[] = [];
  try {
    const tasks = open.map((cell) => ({ ...cell, after: cell.planned.reads }));
    let writing = Promise.resolve();
    await runInOrder(tasks, threads, async ({ seed, method, planned }) => {
      const cell = { seed, method };
      const context: CellContext = {
        folder,
        pool,
        splits: splits.get(seed)!,
        placeOf: (party, role) =>
          privacyPlaceOf({ party, role }, { cell, planned, folder, record }),
        augmentation: sources.get(method),
        extensions,
        signal,
        now: () => now().getTime(),
        onEvent: (event) => {
          if (event.kind === "round") writing = writing.then(() => folder.appendLines(event.lines));
          onEvent(event);
        },
        flush: () => writing,
      };
      const outcome = await inTurn(async () =>
        signal.aborted ? undefined : runCell(cell, planned, context),
      ).catch((error: unknown) => {
        if (error instanceof AtollError)
          onEvent({ ...cell, kind: "cell-failed", code: error.code, message: error.message });
        throw error;
      });
      if (outcome === undefined) return;
      if (outcome.kind === "done") records.set(keyOf(cell), outcome.record);
      else stopped.push({ ...cell, round: outcome.round });
    });
    await writing;
  } finally {
    await pool.close();
  }
  if (signal.aborted && records.size < plan.cells.length)
    return { kind: "stopped", directory: folder.path, saved: stopped };

  const { result, pages, domains } = await assembleResult({
    experiment,
    plan,
    splits,
    candidates: (client) => candidates.get(client),
    cell: (cell) => records.get(keyOf(cell))!,
    ...keptBy(folder, plan, clients),
    extensions,
    lines: await folder.readLines(),
    onProgress: (done, total) => onEvent({ kind: "statistics", done, total }),
  });
  if (pages !== undefined) await folder.writeJson("codebooks.json", pages);
  if (domains !== undefined) await folder.writeJson("domains.json", domains);
  await folder.writeJson("result.json", result);
  return { kind: "done", result, directory: folder.path };
}

/**
 * The lists that evaluation ranks, on disk before any model is trained: by client, seed by seed. A run
 * that is scored on validation rows leaves none.
 */
async function saveCandidates(
  folder: RunFolder,
  { evaluation }: Experiment,
  splits: ReadonlyMap<number, readonly SplitClient[]>,
): Promise<ReadonlyMap<string, readonly CandidateFile[]>> {
  const files = new Map<string, CandidateFile[]>();
  if (evaluation.on === "validation") return files;
  for (const [seed, clients] of splits)
    for (const split of clients) {
      const file = await writeCandidates(folder.path, split, seed);
      if (file !== undefined) files.set(split.client, [...(files.get(split.client) ?? []), file]);
    }
  return files;
}

/** Lines that came after the last checkpoint of an unfinished cell will be written again. */
async function dropRepeatedLines(
  folder: RunFolder,
  plan: Plan,
  done: ReadonlyMap<string, CellRecord>,
) {
  const left = new Map<string, number>();
  for (const cell of plan.cells) {
    const key = `${cell.seed}/${cell.method}`;
    const saved = await folder.readServer(cell);
    left.set(key, done.has(key) ? Infinity : saved ? decodeCheckpoint(saved).lines : 0);
  }
  await folder.keepLines(({ seed, method }) => {
    const key = `${seed}/${method}`;
    const remaining = left.get(key) ?? 0;
    left.set(key, remaining - 1);
    return remaining > 0;
  });
}

function announce(
  plan: Plan,
  splits: ReadonlyMap<number, readonly SplitClient[]>,
  records: ReadonlyMap<string, CellRecord>,
  threads: number,
  clients: readonly string[],
  onEvent: (event: RunEvent) => void,
) {
  const rowsPerRound = [...splits.values()][0]!.reduce((sum, split) => sum + split.counts.train, 0);
  onEvent({
    kind: "plan",
    cells: plan.cells.map((cell) => {
      const { entry, settings } = plan.methods.find(
        (planned) => planned.entry.name === cell.method,
      )!;
      const numParties = partiesOf(entry, clients).length;
      return {
        ...cell,
        stages: stagesOf(entry, settings).map(({ name, rounds }) => ({
          stage: name,
          rounds: rounds?.(numParties) ?? 1,
        })),
        rowsPerRound: rowsPerRound * settings.federation.localEpochs,
      };
    }),
    finished: plan.cells.filter(({ seed, method }) => records.has(`${seed}/${method}`)),
    threads,
    clients,
    selectBy: plan.selectBy,
  });
}
