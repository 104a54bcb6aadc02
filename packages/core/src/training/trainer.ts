import {
  evaluationBatches,
  groupOf,
  tasksOf,
  trainingBatches,
  type EvaluationExamples,
  type TrainingData,
} from "../data/index.ts";
import { featureView } from "../embedding/index.ts";
import { AtollError } from "../errors/index.ts";
import { isGrouped, type Model } from "../models/index.ts";
import { streamOf, type RandomStream } from "../random/index.ts";
import type { Executor, ParameterLayout } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import type { Numbers } from "./numbers.ts";
import { createPredictStep, createTrainStep } from "./step.ts";

/** A model in training at one party. What it learned is readable and writable, in place. */
export interface Trainer {
  readonly layout: ParameterLayout;
  /** [layout.size] */
  readonly parameters: Float32Array;
  /** Running statistics, [sum of their lengths]. */
  readonly state: Float32Array;
  /** One feature's rows of one embedding, [numRows * width], as a view. */
  readonly tableRows: (embedding: string, feature: string) => Float32Array;
  /** One pass over the training rows; returns the mean loss per row, negatives included. */
  readonly epoch: (options: EpochOptions) => Promise<number>;
  /** Probabilities of the examples, [numRows * tasks]. */
  readonly score: (examples: EvaluationExamples) => Promise<Float32Array>;
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

export interface EpochOptions {
  readonly stream: RandomStream;
  /** Adds mu (w - anchor) to the gradient of the dense parameters; mu 0 adds nothing. */
  readonly proximal: { readonly mu: number; readonly anchor: Float32Array };
  /** Aborts between batches. */
  readonly signal?: AbortSignal;
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
}

/** Compiles the model's two programs for the data's schema and draws its first numbers. */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { model, data, config, executor, seed, party } = options;
  const { schema } = data;
  const learned = createLearned(model, schema, { seed, party });
  const { arena, layout, parameters, state, tables } = learned;
  const grouped = isGrouped(config.loss);
  const group = groupOf(data);
  if (grouped && group === 1)
    throw new AtollError(
      "TRAINING_LOSS",
      `loss ${config.loss.kind} compares positives with their sampled negatives, but rows carry labels here; choose bce or focal, or set data.feedback to implicit`,
    );
  const tasks = tasksOf(schema);
  const loss = {
    loss: config.loss,
    taskWeights: tasks.map((task) => config.taskWeights[task] ?? 1),
    group,
  };
  // Groups stay whole: a batch holds as many as fit.
  const rowsPerStep = grouped
    ? Math.max(1, Math.floor(config.batchSize / group)) * group
    : config.batchSize;
  const step = await createTrainStep({
    model,
    schema,
    config: { ...config, batchSize: rowsPerStep },
    executor,
    learned,
    loss,
  });
  const { batchSize } = config;
  const predict = await createPredictStep({ model, schema, batchSize, executor, learned });
  const anchor = arena.float32(layout.size);
  const hasMasks = (model.dropout ?? []).length > 0;

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
    epoch: async ({ stream, proximal, signal }) => {
      anchor.set(proximal.anchor);
      const batches = trainingBatches(data, {
        buffers: step.batches,
        random: stream,
        grouped,
      });
      // Masks have a stream of their own: a model without them sees the batches it always saw.
      const masks = hasMasks ? streamOf(stream.next(), "dropout") : stream;
      let lossSum = 0;
      let numRows = 0;
      let next = batches.next();
      if (!next.done) step.prepare(next.value, masks);
      const stepOptions = {
        proximal: { mu: proximal.mu, anchor },
        meanwhile: () => {
          next = batches.next();
          if (!next.done) step.prepare(next.value, masks);
        },
      };
      while (!next.done) {
        signal?.throwIfAborted();
        const batch = next.value;
        const loss = await step.run(batch, stepOptions);
        if (!Number.isFinite(loss))
          throw new AtollError(
            "TRAINING_DIVERGED",
            `client "${party}": the loss became ${loss} after ${numRows} rows of a pass; lower training.optimiser.learningRate or check the numeric columns for extreme values`,
          );
        lossSum += loss * batch.numRows;
        numRows += batch.numRows;
      }
      return numRows === 0 ? 0 : lossSum / numRows;
    },
    score: async (examples) => {
      const perRow = predict.logits.length / predict.batch.weight.length;
      const scores = new Float32Array(examples.numRows * perRow);
      let at = 0;
      for (const batch of evaluationBatches(examples, schema, predict.batch)) {
        await predict.run();
        for (let i = 0; i < batch.numRows * perRow; i++)
          scores[at++] = 1 / (1 + Math.exp(-predict.logits[i]!));
      }
      if (scores.some(Number.isNaN))
        throw new AtollError(
          "TRAINING_DIVERGED",
          `client "${party}": the model scores NaN; lower training.optimiser.learningRate, or the method's own`,
        );
      return scores;
    },
    snapshot: () =>
      Object.fromEntries(Object.entries(numbers()).map(([name, values]) => [name, values.slice()])),
    restore,
    save: () => ({
      arrays: Object.fromEntries([
        ...Object.entries(numbers()).map(([name, data]) => [`learned:${name}`, data] as const),
        ...Object.entries(step.memories).flatMap(([owner, { moments }]) =>
          Object.entries(moments).map(([name, data]) => [`moment:${owner}:${name}`, data] as const),
        ),
      ]),
      metadata: {
        steps: Object.fromEntries(
          Object.entries(step.memories).map(([owner, memory]) => [owner, memory.step]),
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
      for (const [owner, kept] of Object.entries(step.memories)) {
        kept.step = steps[owner]!;
        for (const [name, moment] of Object.entries(kept.moments))
          moment.set(saved.arrays[`moment:${owner}:${name}`]!);
      }
    },
    close: async () => {
      await step.close();
      await predict.close();
    },
  };
}
