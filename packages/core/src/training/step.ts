import { createBatch, type Batch } from "../data/index.ts";
import { tasksOf, type FeatureSchema } from "../data/schema.ts";
import {
  createLookup,
  distinguish,
  gather,
  lookUp,
  makeTableOptimiser,
  sumByRow,
} from "../embedding/index.ts";
import type { Arena } from "../kernels/index.ts";
import {
  PLAIN_LOSS,
  predictProgram,
  trainProgram,
  type LossOptions,
  type Model,
} from "../models/index.ts";
import type { TableOptimiserConfig } from "../optim/index.ts";
import type { RandomBits, RandomStream } from "../random/index.ts";
import { chunksFor, chunkWindows, windows, type Executor, type Program } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { createDenseUpdate, type PassTerms } from "./dense-update.ts";
import { indexReader } from "./indices.ts";
import type { Learned } from "./learned.ts";
import type { Learner } from "./learner.ts";

/** Steps of training on batches in fixed buffers. Nothing is allocated or copied from step to step. */
export interface TrainStep {
  /** To be filled in turn: one is made ready while the step of the other runs. */
  readonly batches: readonly [Batch, Batch];
  /**
   * Finds the rows of a batch that was just filled, and draws its dropout masks. Reads nothing that a
   * step changes. The stream is drawn from where the model has masks; without one, nothing is dropped.
   */
  readonly prepare: (batch: Batch, random: RandomStream | undefined) => void;
  /** What else moves the dense parameters in the steps that follow; copied. At first nothing. */
  readonly follow: (terms: PassTerms) => void;
  /**
   * One step on a prepared batch: forward, backward, update. `meanwhile` is called once the step runs,
   * and may fill and prepare the other batch. Gives the loss.
   */
  readonly run: (batch: Batch, options: StepOptions) => Promise<number>;
  /** The same without the update: nothing is learned. */
  readonly observe: (batch: Batch, options: StepOptions) => Promise<number>;
  /** [stateLayout.size]: the running statistics that follow from the last batch. */
  readonly nextState: Float32Array;
  /** The optimisers' memories by owner: `dense`, and tables by name. */
  readonly memories: Learner["memories"];
  readonly close: () => Promise<void>;
}

export interface StepOptions {
  readonly meanwhile?: () => void;
}

export interface StepParts {
  readonly model: Model;
  readonly schema: FeatureSchema;
  readonly config: TrainingConfig;
  readonly executor: Executor;
  readonly learned: Learned;
  /** Default: cross-entropy of one task. */
  readonly loss?: LossOptions;
}

/** The optimiser of tables, where a config names none: Adam on touched rows, as the dense one is set. */
export function tableOptimiserOf(config: TrainingConfig): TableOptimiserConfig {
  const { learningRate, weightDecay } = config.optimiser;
  return config.tables ?? { kind: "lazy-adam", learningRate, weightDecay };
}

export async function createTrainStep(parts: StepParts): Promise<TrainStep> {
  const { model, schema, config, executor, learned, loss: objective = PLAIN_LOSS } = parts;
  const { arena, layout, stateLayout, state, tables } = learned;
  const { batchSize } = config;
  // Rows that share statistics stay together; several threads cut a batch by themselves.
  const chunks = stateLayout.size > 0 || executor.threads > 1 ? 1 : chunksFor(layout, batchSize);
  const indexed = indexReader(model, schema, arena);
  const program = await executor.load(
    trainProgram(model, layout, stateLayout, schema, batchSize, { chunks, loss: objective }),
  );

  const gradient = arena.float32(layout.size);
  const dense = createDenseUpdate(learned, gradient, config.optimiser);
  const tableOptimiser = makeTableOptimiser(tableOptimiserOf(config));
  const tableMemories = tables.map((table) => tableOptimiser.init(table));

  const sizes = tables.map((table) => batchSize * table.numEntries * table.width);
  const vectors = sizes.map((size) => arena.float32(size));
  const gradients = sizes.map((size) => arena.float32(size));
  const sums = tables.map((table) =>
    arena.float32(Math.min(batchSize * table.numEntries, table.numRows) * table.width),
  );
  const nextState = arena.float32(stateLayout.size);
  const loss = arena.float32(1);

  const outputs = given(program.program.outputs, {
    loss,
    ...windows(layout, gradient, "gradient:parameter"),
    ...windows(stateLayout, nextState, "next:state"),
    ...merged(
      tables.map((table, i) =>
        chunkWindows(`gradient:embedding:${table.name}`, gradients[i]!, chunks),
      ),
    ),
  });
  const batches = [
    createBatch(schema, batchSize, arena),
    createBatch(schema, batchSize, arena),
  ] as const;
  const prepared = new Map(
    batches.map((batch) => {
      const masks = (model.dropout ?? []).map((spec) => ({
        ...spec,
        values: arena.float32(batchSize * spec.size),
      }));
      const indices = indexed.buffers(batchSize);
      const inputs = {
        ...inputsOf(program.program, learned, batch, vectors, indices, chunks),
        ...merged(masks.map(({ name, values }) => chunkWindows(`dropout:${name}`, values, chunks))),
      };
      return [
        batch,
        {
          bound: program.bind(inputs, outputs),
          masks,
          indices,
          lookups: tables.map((table) => createLookup(table, batchSize * table.numEntries)),
        },
      ];
    }),
  );

  const observe: TrainStep["observe"] = async (batch, { meanwhile }) => {
    const { bound, lookups } = prepared.get(batch)!;
    for (let i = 0; i < lookups.length; i++) gather(lookups[i]!, vectors[i]!);
    const running = bound.run();
    meanwhile?.();
    await running;
    return loss[0]!;
  };

  return {
    batches,
    follow: dense.follow,
    observe,
    nextState,
    prepare: (batch, random) => {
      const { lookups, masks, indices } = prepared.get(batch)!;
      indexed.read(batch, indices);
      for (const lookup of lookups) {
        lookUp(lookup, batch.categorical, batchSize);
        distinguish(lookup);
      }
      for (const { values, rate } of masks) drawMask(arena, values, { rate, random });
    },
    run: async (batch, options) => {
      const value = await observe(batch, options);
      if (!Number.isFinite(value)) return value;
      dense.step();
      const { lookups } = prepared.get(batch)!;
      for (let i = 0; i < lookups.length && !dense.tablesRest(); i++) {
        const rows = sumByRow(lookups[i]!, gradients[i]!, sums[i]!);
        tableOptimiser.step(tables[i]!, rows, tableMemories[i]!);
      }
      state.set(nextState);
      return value;
    },
    memories: {
      dense: dense.memory,
      ...Object.fromEntries(tables.map((table, i) => [table.name, tableMemories[i]!])),
    },
    close: () => program.release(),
  };
}

export interface MaskDraw {
  readonly rate: number;
  /** Without one nothing is dropped: all entries are 1. */
  readonly random: RandomBits | undefined;
  /** How many entries of the mask are left out before the first one. Default: none. */
  readonly skipped?: number;
}

/**
 * Each entry 1 / (1 - rate) with probability 1 - rate, else 0: two draws of the stream seed them all, and an
 * entry follows from its number alone, so that the end of a mask is the same without its beginning.
 */
export function drawMask(
  { address, kernels }: Arena,
  mask: Float32Array,
  { rate, random, skipped = 0 }: MaskDraw,
): void {
  if (random === undefined) {
    mask.fill(1);
    return;
  }
  const threshold = Math.round(rate * 2 ** 32);
  const [key, otherKey] = [random.next(), random.next()];
  kernels.fillMask(address(mask), mask.length, key + skipped, otherKey, threshold, 1 / (1 - rate));
}

/** Scoring of batches in fixed buffers. */
export interface PredictStep {
  /** To be filled before each run. */
  readonly batch: Batch;
  /** [batchSize * tasks]: log-odds of the batch's rows after a run; those of padding mean nothing. */
  readonly logits: Float32Array;
  readonly run: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function createPredictStep(
  parts: Omit<StepParts, "config" | "loss"> & { readonly batchSize: number },
): Promise<PredictStep> {
  const { model, schema, batchSize, executor, learned } = parts;
  const { arena, layout, stateLayout, tables } = learned;
  const program = await executor.load(
    predictProgram(model, layout, stateLayout, schema, batchSize),
  );
  const batch = createBatch(schema, batchSize, arena);
  const numTasks = model.multiTask === true ? tasksOf(schema).length : 1;
  const logits = arena.float32(batchSize * numTasks);
  const lookups = tables.map((table) => createLookup(table, batchSize * table.numEntries));
  const indexed = indexReader(model, schema, arena);
  const indices = indexed.buffers(batchSize);
  const vectors = lookups.map(({ rows, table }) => arena.float32(rows.length * table.width));
  const inputs = inputsOf(program.program, learned, batch, vectors, indices, 1);
  const bound = program.bind(inputs, { logits });
  return {
    batch,
    logits,
    run: async () => {
      indexed.read(batch, indices);
      for (let i = 0; i < lookups.length; i++) {
        lookUp(lookups[i]!, batch.categorical, batchSize);
        gather(lookups[i]!, vectors[i]!);
      }
      await bound.run();
    },
    close: () => program.release(),
  };
}

/** The buffers that a program's inputs are read from. */
export function inputsOf(
  program: Program,
  { layout, stateLayout, parameters, state, tables }: Learned,
  { label, numeric, weight }: Batch,
  vectors: readonly Float32Array[],
  indices: Readonly<Record<string, Float32Array>>,
  chunks: number,
): Record<string, Float32Array> {
  return given(program.inputs, {
    ...windows(layout, parameters, "parameter"),
    ...windows(stateLayout, state, "state"),
    ...chunkWindows("numeric", numeric, chunks),
    ...merged(
      Object.entries(indices).map(([name, values]) =>
        chunkWindows(`index:${name}`, values, chunks),
      ),
    ),
    label,
    weight,
    ...merged(
      tables.map((table, i) => chunkWindows(`embedding:${table.name}`, vectors[i]!, chunks)),
    ),
  });
}

export type Buffers = Readonly<Record<string, Float32Array>>;

export function merged(parts: readonly Buffers[]): Buffers {
  return Object.fromEntries(parts.flatMap((part) => Object.entries(part)));
}

/** Those of the buffers that a program declares. */
export function given(
  declared: readonly { readonly name: string }[],
  buffers: Buffers,
): Record<string, Float32Array> {
  return Object.fromEntries(
    declared.flatMap(({ name }) => (name in buffers ? [[name, buffers[name]!]] : [])),
  );
}
