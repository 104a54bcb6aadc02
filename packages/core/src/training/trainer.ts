import {
  evaluationBatches,
  trainingBatches,
  type EvaluationExamples,
  type TrainingData,
} from "../data/index.ts";
import {
  createRowGradients,
  createTable,
  featureView,
  gather,
  makeTableOptimiser,
  sumByRow,
} from "../embedding/index.ts";
import { AtollError } from "../errors/index.ts";
import { predictProgram, trainProgram, type Model } from "../models/index.ts";
import { makeOptimiser, type OptimiserState, type TableOptimiserConfig } from "../optim/index.ts";
import type { RandomStream } from "../random/index.ts";
import { parameterLayout, type Executor, type ParameterLayout } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { initialNumbers, tableStream, type Numbers } from "./numbers.ts";

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
  /** Probabilities of the examples, [numRows]. */
  readonly score: (examples: EvaluationExamples) => Promise<Float32Array>;
  /** A copy of everything learned. */
  readonly snapshot: () => Numbers;
  readonly restore: (numbers: Numbers) => void;
  /** What was learned, with the optimisers' memories: training continues from it unchanged. */
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

/** The optimiser of tables, where a config names none: Adam on touched rows, as the dense one is set. */
function tableOptimiserOf(config: TrainingConfig): TableOptimiserConfig {
  const { learningRate, weightDecay } = config.optimiser;
  return config.tables ?? { kind: "lazy-adam", learningRate, weightDecay };
}

/** Compiles the model's two programs for the data's schema and draws its first numbers. */
export async function createTrainer(options: TrainerOptions): Promise<Trainer> {
  const { model, data, config, executor, seed, party } = options;
  const { schema } = data;
  const { batchSize } = config;
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const { parameters, state } = initialNumbers(layout, stateLayout, seed);
  const tables = model.embeddings.map((spec) => ({
    spec,
    table: createTable(spec, schema, tableStream(seed, party, spec.name)),
  }));

  const train = await executor.load(trainProgram(model, layout, stateLayout, schema, batchSize));
  const predict = await executor.load(
    predictProgram(model, layout, stateLayout, schema, batchSize),
  );

  const optimiser = makeOptimiser(config.optimiser);
  const memory = optimiser.init(layout.size);
  const tableOptimiser = makeTableOptimiser(tableOptimiserOf(config));
  const lookups = tables.map(({ spec, table }) => ({
    table,
    input: `embedding:${spec.name}`,
    gradient: `gradient:embedding:${spec.name}`,
    rows: new Float32Array(batchSize * spec.features.length * spec.width),
    sums: createRowGradients(table, batchSize),
    memory: tableOptimiser.init(table),
  }));
  const inputs: Record<string, Float32Array | Int32Array> = {
    parameters,
    ...(stateLayout.size > 0 && { state }),
    ...Object.fromEntries(lookups.map((lookup) => [lookup.input, lookup.rows])),
  };

  const lookUp = (categorical: Int32Array) => {
    for (const { table, rows } of lookups) gather(table, categorical, rows);
  };

  const learned = (): Numbers => ({
    parameters,
    state,
    ...Object.fromEntries(tables.map(({ table }) => [`table:${table.name}`, table.values])),
  });
  const memories = (): Record<string, OptimiserState> => ({
    dense: memory,
    ...Object.fromEntries(lookups.map((lookup) => [lookup.table.name, lookup.memory])),
  });

  const restore = (numbers: Numbers) => {
    for (const [name, target] of Object.entries(learned())) target.set(numbers[name]!);
  };

  return {
    layout,
    parameters,
    state,
    tableRows: (embedding, feature) =>
      featureView(tables.find(({ spec }) => spec.name === embedding)!.table, feature),
    epoch: async ({ stream, proximal, signal }) => {
      let lossSum = 0;
      let numRows = 0;
      for (const batch of trainingBatches(data, { batchSize, random: stream })) {
        signal?.throwIfAborted();
        lookUp(batch.categorical);
        const outputs = await train.run(feed(train.program.inputs, inputs, batch));
        const loss = outputs["loss"]![0]!;
        if (!Number.isFinite(loss))
          throw new AtollError(
            "TRAINING_DIVERGED",
            `client "${party}": the loss became ${loss} after ${numRows} rows of a pass; lower training.optimiser.learningRate or check the numeric columns for extreme values`,
          );
        lossSum += loss * batch.numRows;
        numRows += batch.numRows;
        const gradient = outputs["gradient:parameters"] as Float32Array;
        if (proximal.mu > 0)
          for (let i = 0; i < parameters.length; i++)
            gradient[i]! += proximal.mu * (parameters[i]! - proximal.anchor[i]!);
        optimiser.step(parameters, gradient, memory);
        for (const lookup of lookups) {
          sumByRow(lookup.table, batch, outputs[lookup.gradient] as Float32Array, lookup.sums);
          tableOptimiser.step(lookup.table, lookup.sums, lookup.memory);
        }
        if (stateLayout.size > 0) state.set(outputs["next:state"] as Float32Array);
      }
      return numRows === 0 ? 0 : lossSum / numRows;
    },
    score: async (examples) => {
      const scores = new Float32Array(examples.numRows);
      let at = 0;
      for (const batch of evaluationBatches(examples, schema, batchSize)) {
        lookUp(batch.categorical);
        const { logits } = await predict.run(feed(predict.program.inputs, inputs, batch));
        for (let i = 0; i < batch.numRows; i++) scores[at++] = 1 / (1 + Math.exp(-logits![i]!));
      }
      if (scores.some(Number.isNaN))
        throw new AtollError(
          "TRAINING_DIVERGED",
          `client "${party}": the model scores NaN; lower training.optimiser.learningRate, or the method's own`,
        );
      return scores;
    },
    snapshot: () =>
      Object.fromEntries(Object.entries(learned()).map(([name, values]) => [name, values.slice()])),
    restore,
    save: () => ({
      arrays: Object.fromEntries([
        ...Object.entries(learned()).map(([name, data]) => [`learned:${name}`, data] as const),
        ...Object.entries(memories()).flatMap(([owner, { moments }]) =>
          Object.entries(moments).map(([name, data]) => [`moment:${owner}:${name}`, data] as const),
        ),
      ]),
      metadata: {
        steps: Object.fromEntries(
          Object.entries(memories()).map(([owner, { step }]) => [owner, step]),
        ),
      },
    }),
    load: (saved) => {
      const steps = saved.metadata["steps"] as Record<string, number>;
      restore(
        Object.fromEntries(
          Object.keys(learned()).map((name) => [name, saved.arrays[`learned:${name}`]!]),
        ),
      );
      for (const [owner, kept] of Object.entries(memories())) {
        kept.step = steps[owner]!;
        for (const [name, moment] of Object.entries(kept.moments))
          moment.set(saved.arrays[`moment:${owner}:${name}`]!);
      }
    },
    close: async () => {
      await train.release();
      await predict.release();
    },
  };
}

/** The inputs a program declares, from the model's numbers and the batch. */
function feed(
  declared: readonly { readonly name: string }[],
  numbers: Readonly<Record<string, Float32Array | Int32Array>>,
  batch: {
    readonly numeric: Float32Array;
    readonly label: Float32Array;
    readonly weight: Float32Array;
  },
): Record<string, Float32Array | Int32Array> {
  const { numeric, label, weight } = batch;
  const all: Record<string, Float32Array | Int32Array> = { ...numbers, numeric, label, weight };
  return Object.fromEntries(declared.map(({ name }) => [name, all[name]!]));
}
