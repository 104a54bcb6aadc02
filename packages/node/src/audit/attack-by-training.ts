import { availableParallelism } from "node:os";
import type { SplitClient } from "@atoll/core/data";
import type { Experiment } from "../experiment/index.ts";
import type { ExtensionCode } from "../extensions/index.ts";
import type { RunFolder } from "../runs/folder.ts";
import type { Plan, PlannedMethod } from "../runs/plan.ts";
import { workerPool, type WorkerPool } from "../workers/index.ts";
import { canaryResults } from "./canaries.ts";
import { addCanaries, addRatios, canBeShadowed, canHoldCanaries, type Draft } from "./drafts.ts";
import type { Purpose } from "./events.ts";
import type { AuditOptions } from "./options.ts";
import type { RetrainOptions } from "./retrain.ts";
import type { AttackedRows } from "./rows.ts";
import { likelihoodRatios, shadowTrainings } from "./shadows.ts";
import type { Target } from "./targets.ts";

const DEFAULT_CANARIES = 200;

export interface AuditContext {
  readonly plan: Plan;
  readonly splits: readonly SplitClient[];
  readonly rows: ReadonlyMap<string, AttackedRows>;
  readonly drafts: ReadonlyMap<Target, Draft>;
  readonly experiment: Experiment;
  readonly folder: RunFolder;
  readonly scratch: RunFolder;
  readonly extensions: readonly ExtensionCode[];
  readonly options: AuditOptions;
}

/** Likelihood ratios and canaries: attacks that train models of their own. */
export async function attackByTraining(context: AuditContext): Promise<void> {
  const { plan, splits, rows, drafts, experiment, scratch, extensions, options } = context;
  const { shadows, canaries: asked, seed, signal, now, onEvent } = options;
  const byRatios = [...drafts].filter(([, draft]) => shadows > 0 && canBeShadowed(splits, draft));
  const byCanaries = [...drafts].filter(([target, draft]) =>
    canHoldCanaries(target, draft, { splits, asked }),
  );
  const shadowed = withReads(plan, byRatios);
  const amongCanaries = withReads(plan, byCanaries);
  const total = shadows * shadowed.length + amongCanaries.length;
  const pool = poolFor(experiment, options, Math.max(1, total * splits.length));
  const threads = pool.numThreads;
  onEvent({
    kind: "audit-plan",
    methods: [...drafts.keys()].map(({ planned }) => planned.entry.name),
    trainings: total,
    threads,
  });
  let done = 0;
  const retraining = (methods: readonly PlannedMethod[], purpose: Purpose): RetrainOptions => ({
    methods,
    folder: scratch,
    pool,
    auditSeed: seed,
    extensions,
    signal,
    now,
    onTrained: (method) => onEvent({ kind: "trained", purpose, method, done: ++done, total }),
  });
  try {
    if (byRatios.length > 0) {
      const ratios = await likelihoodRatios(
        byRatios.map(([target]) => target),
        {
          trainings: shadowTrainings(splits, { count: shadows, auditSeed: seed }),
          rows,
          options: retraining(shadowed, "shadow"),
        },
      );
      for (const [target, draft] of byRatios)
        addRatios(target, draft, { ratios: ratios.get(target.planned.entry.name)!, rows, seed });
    }
    if (byCanaries.length > 0) {
      const found = await canaryResults(
        byCanaries.map(([target]) => target),
        {
          splits,
          count: asked ?? DEFAULT_CANARIES,
          options: retraining(amongCanaries, "canaries"),
        },
      );
      for (const [target, draft] of byCanaries)
        addCanaries(draft, found.get(target.planned.entry.name)!);
    }
  } finally {
    await pool.close();
  }
}

/** The targets' methods with those that they read, in the order of the experiment. */
function withReads(
  plan: Plan,
  targets: readonly (readonly [Target, Draft])[],
): readonly PlannedMethod[] {
  const needed = new Set(targets.map(([{ planned }]) => planned.entry.name));
  for (const { entry, reads } of plan.methods.toReversed())
    if (needed.has(entry.name)) for (const method of reads) needed.add(method);
  return plan.methods.filter(({ entry }) => needed.has(entry.name));
}

function poolFor(
  { engine }: Experiment,
  { threads = availableParallelism(), openPool = workerPool }: AuditOptions,
  most: number,
): WorkerPool {
  const room = Math.floor(threads / engine.threadsPerClient);
  return openPool(Math.min(Math.max(1, room), most), engine);
}
