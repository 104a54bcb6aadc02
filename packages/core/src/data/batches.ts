import type { Arena } from "../kernels/index.ts";
import { shuffle, type RandomStream } from "../random/index.ts";
import type { Batch, Examples, TrainingData } from "./examples.ts";
import { negativeSampler, numFreeItems } from "./negatives.ts";
import { createFiller } from "./fill.ts";
import { shuffledPools } from "./stored/pools.ts";
import { numColumnsOf, tasksOf, type FeatureSchema } from "./schema.ts";

/** Buffers of a batch, to be filled again and again. */
export function createBatch(schema: FeatureSchema, batchSize: number, arena: Arena): Batch {
  return {
    numRows: 0,
    categorical: arena.int32(batchSize * numColumnsOf(schema)),
    numeric: arena.float32(batchSize * schema.numeric.length),
    label: arena.float32(batchSize * tasksOf(schema).length),
    weight: arena.float32(batchSize),
  };
}

/**
 * Rows that one pass trains on, negatives included. Positives of a user who excludes the whole pool have
 * no negatives.
 */
export function numTrainingRows(data: TrainingData): number {
  const { train, negatives } = data;
  if (negatives === undefined) return train.numRows;
  let numRows = train.numRows;
  for (let row = 0; row < train.numRows; row++)
    if (numFreeItems(data, negatives, row) > 0) numRows += negatives.ratio;
  return numRows;
}

/**
 * What a pass goes through: example `row * group` is the training row itself, and the `group - 1` that
 * follow are its negatives, where it has any.
 */
function examplesOfPass(data: TrainingData, group: number): Int32Array {
  const { train, negatives } = data;
  const examples = new Int32Array(numTrainingRows(data));
  let at = 0;
  for (let row = 0; row < train.numRows; row++) {
    examples[at++] = row * group;
    if (negatives === undefined || numFreeItems(data, negatives, row) === 0) continue;
    for (let k = 1; k < group; k++) examples[at++] = row * group + k;
  }
  return examples;
}

export interface PassOptions {
  readonly buffers: readonly Batch[];
  readonly random: RandomStream;
  /** Keeps a positive and its negatives together, positive first; those without negatives are left out. */
  readonly grouped?: boolean;
}

/**
 * One pass in random order: every training row once and, for implicit feedback, each with its own fresh
 * negatives. The given buffers are filled in turn, so with two of them a batch stays while the next is
 * made; the last batch is padded.
 */
export function* trainingBatches(data: TrainingData, options: PassOptions): Generator<Batch> {
  const { buffers, random, grouped = false } = options;
  const { schema, train } = data;
  const group = groupOf(data);
  if (train.rows.seek !== undefined) {
    yield* storedBatches(data, options);
    return;
  }
  const order = grouped ? groupsOfPass(data, group, random) : examplesOfPass(data, group);
  if (!grouped) shuffle(random, order);
  const sampler = data.negatives && negativeSampler(data, data.negatives, random);
  const { fill, pad } = createFiller(schema);
  const batchSize = batchSizeOf(buffers[0]!);
  const step = grouped ? Math.floor(batchSize / group) * group : batchSize;
  for (let start = 0, turn = 0; start < order.length; start += step, turn++) {
    const batch = buffers[turn % buffers.length]!;
    const numRows = Math.min(step, order.length - start);
    for (let at = 0; at < numRows; at++) {
      const example = order[start + at]!;
      const row = Math.trunc(example / group);
      fill(train, row, batch, at);
      if (example % group > 0) sampler!.replaceItem(row, (example % group) - 1, batch, at);
    }
    yield pad(batch, numRows);
  }
}

/** The same for rows on disk, which carry their labels: what a pool leaves goes with the next one. */
function* storedBatches(
  { schema, train }: TrainingData,
  { buffers, random }: PassOptions,
): Generator<Batch> {
  const { fill, pad } = createFiller(schema);
  const batchSize = batchSizeOf(buffers[0]!);
  let at = 0;
  let turn = 0;
  for (const pool of shuffledPools(train.at, random))
    for (let i = 0; i < pool.length; i++) {
      const batch = buffers[turn % buffers.length]!;
      fill(train, pool[i]!, batch, at++);
      if (at < batchSize) continue;
      yield pad(batch, at);
      at = 0;
      turn++;
    }
  if (at > 0) yield pad(buffers[turn % buffers.length]!, at);
}

/** Rows of a positive with its negatives. */
export function groupOf({ negatives }: TrainingData): number {
  return 1 + (negatives?.ratio ?? 0);
}

function batchSizeOf({ weight }: Batch): number {
  return weight.length;
}

/** Whole groups in random order, for losses that compare a positive with its negatives. */
function groupsOfPass(data: TrainingData, group: number, random: RandomStream): Int32Array {
  const { train, negatives } = data;
  const rows = Int32Array.from({ length: train.numRows }, (_, row) => row).filter(
    (row) => negatives !== undefined && numFreeItems(data, negatives, row) > 0,
  );
  shuffle(random, rows);
  const order = new Int32Array(rows.length * group);
  for (let i = 0; i < order.length; i++)
    order[i] = rows[Math.trunc(i / group)]! * group + (i % group);
  return order;
}

/** The examples in order, padded to whole batches; the given batch is filled anew for each step. */
export function* evaluationBatches(
  examples: Examples,
  schema: FeatureSchema,
  batch: Batch,
): Generator<Batch> {
  const { fill, pad } = createFiller(schema);
  const batchSize = batchSizeOf(batch);
  for (let start = 0; start < examples.numRows; start += batchSize) {
    const numRows = Math.min(batchSize, examples.numRows - start);
    for (let at = 0; at < numRows; at++) fill(examples, start + at, batch, at);
    yield pad(batch, numRows);
  }
}
