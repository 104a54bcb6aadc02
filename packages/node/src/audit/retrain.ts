import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { SplitClient } from "@atoll/core/data";
import { TRAINED_FILE } from "@atoll/core/methods";
import type { ExtensionCode } from "../extensions/index.ts";
import { runCell, SERVER } from "../runs/cell.ts";
import { directoryStore } from "../runs/directory-store.ts";
import type { CellRecord, RunFolder } from "../runs/folder.ts";
import { partiesOf, type PlannedMethod } from "../runs/plan.ts";
import { runInOrder } from "../runs/schedule.ts";
import type { WorkerPool } from "../workers/index.ts";
import { placeOf, withoutLedger } from "./own-accounts.ts";

/** One more training of the run's methods, on rows of its own choice. */
export interface Training {
  /** Of its first numbers, its order and, with the audit's seed, its noise. */
  readonly seed: number;
  readonly splits: readonly SplitClient[];
}

/** What a training left behind. */
export interface Trained {
  /** A party's model; undefined where the method stores none. */
  readonly model: (method: string, party: string) => Promise<Uint8Array | undefined>;
  readonly record: (method: string) => Promise<CellRecord>;
}

export interface RetrainOptions {
  /** In the order of the experiment, with those that others read. */
  readonly methods: readonly PlannedMethod[];
  /** Where cells are kept while they are needed. */
  readonly folder: RunFolder;
  readonly pool: WorkerPool;
  readonly auditSeed: number;
  readonly extensions: readonly ExtensionCode[];
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onTrained: (method: string) => void;
}

/**
 * Trains as the run did, with the same settings and by the same code, privacy included; noise belongs to the seeds,
 * so that an audit can be repeated. Budgets that outlive the run are left alone: what an audit trains is never
 * handed out. Each training is given to `use` once all its methods are done, and then dropped.
 */
export async function retrain(
  trainings: readonly Training[],
  options: RetrainOptions,
  use: (training: Training, trained: Trained) => Promise<void>,
): Promise<void> {
  const { folder, pool, signal } = options;
  // As many at a time as threads can work on; their rows leave the threads with them.
  for (let from = 0; from < trainings.length; from += pool.numThreads) {
    const group = trainings.slice(from, from + pool.numThreads);
    const tasks = group.flatMap((training) =>
      options.methods.map((planned) => ({
        seed: training.seed,
        method: planned.entry.name,
        after: planned.reads,
        planned,
        training,
      })),
    );
    await runInOrder(tasks, pool.numThreads, ({ planned, training }) =>
      train(training, planned, options),
    );
    signal.throwIfAborted();
    await pool.clear();
    for (const training of group) {
      const { seed } = training;
      await use(training, {
        model: (method, party) =>
          directoryStore(folder.party({ seed, method }, party)).read(TRAINED_FILE),
        record: async (method) => (await folder.readCell({ seed, method }))!,
      });
      await rm(join(folder.path, "checkpoints", `seed-${seed}`), { recursive: true, force: true });
    }
  }
}

async function train(
  { seed, splits }: Training,
  planned: PlannedMethod,
  { folder, pool, auditSeed, extensions, signal, now, onTrained }: RetrainOptions,
): Promise<void> {
  if (signal.aborted) return;
  const method = planned.entry.name;
  const cell = { seed, method };
  const clients = splits.map(({ client }) => client);
  const directories = [
    ...partiesOf(planned.entry, clients).map(
      ({ name }) => [name, folder.party(cell, name)] as const,
    ),
    [SERVER, folder.cell(cell)] as const,
  ];
  const ledgerPath = join(folder.path, "ledger.sqlite");
  const places = new Map(
    directories.map(([party, directory]) => [
      party,
      placeOf(`${seed}/${method}/${party}`, { directory, ledgerPath, auditSeed }),
    ]),
  );
  const { privacy } = planned.settings;
  const settings = { ...planned.settings, privacy: withoutLedger(privacy) };
  const outcome = await runCell(
    cell,
    { ...planned, settings },
    {
      folder,
      pool,
      splits,
      placeOf: (party) => places.get(party)!,
      extensions,
      signal,
      now: () => now().getTime(),
      onEvent: () => {},
      flush: async () => {},
    },
  );
  if (outcome.kind === "done") onTrained(method);
}
