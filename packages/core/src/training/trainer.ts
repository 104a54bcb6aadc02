import type { EvaluationExamples, TrainingData } from "../data/index.ts";
import { featureView } from "../embedding/index.ts";
import type { Model } from "../models/index.ts";
import type { Executor, ParameterLayout } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { createGateUsage } from "./gate-usage.ts";
import type { EpochOptions, Learner, RefreshOptions } from "./learner.ts";
import type { Numbers } from "./numbers.ts";
import type { PassCost, PrivateTraining } from "./private-training.ts";
import { createPrivateLearner, noProtection } from "./private/index.ts";
import { createRowLearner, type LearnerOptions } from "./row-learner.ts";
import { createRowScorer } from "./scorer.ts";
import { createSequenceLearner, learnsFromSequences } from "./sequence-learner.ts";

/** A model in training at one party. What it learned is readable and writable, in place. */
export interface Trainer {
  readonly layout: ParameterLayout;
  /** [layout.size] */
  readonly parameters: Float32Array;
  /** Running statistics, [sum of their lengths]. */
  readonly state: Float32Array;
  /** One feature's rows of one embedding, [numRows * width], as a view. */
  readonly tableRows: (embedding: string, feature: string) => Float32Array;
  /** One pass over the training data; returns the mean loss. */
  readonly epoch: (options: EpochOptions) => Promise<number>;
  /** What one pass costs, where units are protected. */
  readonly cost: PassCost | undefined;
  /** Steps that the optimiser of the dense parameters has taken so far. */
  readonly steps: number;
  /**
   * Takes the running statistics anew for all else as it is now, by one pass over the training data in
   * which nothing is dropped, as when scoring: means over batches, by their rows. For statistics follow
   * slowly, and those of a party with few batches are still of weights that have been replaced. Nothing
   * else changes; without statistics, nothing does.
   */
  readonly refreshStatistics: (options: RefreshOptions) => Promise<void>;
  /** Probabilities of the examples, [numRows * tasks]. */
  readonly score: (examples: EvaluationExamples) => Promise<Float64Array>;
  /**
   * Of a mixture of experts, each expert's mean share in what each task's tower reads, [tasks * experts];
   * undefined of other models.
   */
  readonly gateUsage: (examples: EvaluationExamples) => Promise<Float64Array | undefined>;
  /** A copy of everything learned. */
  readonly snapshot: () => Numbers;
  readonly restore: (numbers: Numbers) => void;
  /**
   * What was learned, with the optimisers' memories: training continues from it unchanged. The arrays
   * are the live ones, to be written out before training goes on.
   */
  readonly save: () => SavedTrainer;
  readonly load: (saved: SavedTrainer) => void;
  readonly close: () => Promise<void>;
}

export interface SavedTrainer {
  readonly arrays: Numbers;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface TrainerOptions {
  readonly model: Model;
  readonly data: TrainingData;
  readonly config: TrainingConfig;
  readonly executor: Executor;
  readonly seed: number;
  /** Names the stream of the party's own tables. */
  readonly party: string;
  /** Protects units of the data by DP-SGD; default: nothing is protected. */
  readonly privacy?: PrivateTraining | undefined;
}

/** Compiles the model's two programs for the data's schema and draws its first numbers. */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { model, data, config, executor, seed, party, privacy } = options;
  const { schema } = data;
  const learned = createLearned(model, schema, { seed, party });
  const { layout, parameters, state, tables } = learned;
  const parts = { model, data, config, executor, learned, party };
  const learner = await learnerOf(parts, privacy);
  const { batchSize } = config;
  const scorer = await createRowScorer({
    model,
    schema,
    batchSize,
    executor,
    learned,
    historyLength: data.train.rows.histories?.length,
    party,
  });
  const usage = createGateUsage({ model, schema, batchSize, executor, learned });

  const numbers = (): Numbers => ({
    parameters,
    state,
    ...Object.fromEntries(tables.map((table) => [`table:${table.name}`, table.values])),
  });

  const restore = (given: Numbers) => {
    for (const [name, target] of Object.entries(numbers())) target.set(given[name]!);
  };

  return {
    layout,
    parameters,
    state,
    tableRows: (embedding, feature) =>
      featureView(
        tables.find(({ name }) => name === embedding)!,
        feature,
      ),
    epoch: learner.epoch,
    cost: learner.cost,
    get steps() {
      return learner.memories.dense.step;
    },
    refreshStatistics: learner.refreshStatistics,
    score: scorer.score,
    gateUsage: usage.of,
    snapshot: () =>
      Object.fromEntries(Object.entries(numbers()).map(([name, values]) => [name, values.slice()])),
    restore,
    save: () => ({
      arrays: Object.fromEntries([
        ...Object.entries(numbers()).map(([name, data]) => [`learned:${name}`, data] as const),
        ...Object.entries(learner.memories).flatMap(([owner, { moments }]) =>
          Object.entries(moments).map(([name, data]) => [`moment:${owner}:${name}`, data] as const),
        ),
      ]),
      metadata: {
        steps: Object.fromEntries(
          Object.entries(learner.memories).map(([owner, memory]) => [owner, memory.step]),
        ),
      },
    }),
    load: (saved) => {
      const steps = saved.metadata["steps"] as Record<string, number>;
      restore(
        Object.fromEntries(
          Object.keys(numbers()).map((name) => [name, saved.arrays[`learned:${name}`]!]),
        ),
      );
      for (const [owner, kept] of Object.entries(learner.memories)) {
        kept.step = steps[owner]!;
        for (const [name, moment] of Object.entries(kept.moments))
          moment.set(saved.arrays[`moment:${owner}:${name}`]!);
      }
    },
    close: async () => {
      await learner.close();
      await scorer.close();
      await usage.close();
    },
  };
}

/** Whether it neither clips nor adds noise: training is then the ordinary one, bit for bit. */
function isIdle({ clip, noiseMultiplier }: PrivateTraining): boolean {
  return clip.kind === "fixed" && clip.norm === Infinity && noiseMultiplier === 0;
}

async function learnerOf(
  parts: LearnerOptions,
  privacy: PrivateTraining | undefined,
): Promise<Learner> {
  const { model, data } = parts;
  if (privacy !== undefined && !isIdle(privacy)) return createPrivateLearner(parts, privacy);
  const learner = await (learnsFromSequences(model, data)
    ? createSequenceLearner(parts, model.sequence)
    : createRowLearner(parts));
  return privacy === undefined ? learner : { ...learner, cost: noProtection };
}
