import type { Arena } from "../kernels/index.ts";
import { shuffle, type RandomStream } from "../random/index.ts";
import type { Batch, Examples, TrainingData } from "./examples.ts";
import { negativeSampler, numFreeItems } from "./negatives.ts";
import { PADDING_ROW, type FeatureSchema } from "./schema.ts";

/** Buffers of a batch, to be filled again and again. */
export function createBatch(schema: FeatureSchema, batchSize: number, arena: Arena): Batch {
  return {
    numRows: 0,
    categorical: arena.int32(batchSize * schema.categorical.length),
    numeric: arena.float32(batchSize * schema.numeric.length),
    label: arena.float32(batchSize),
    weight: arena.float32(batchSize),
  };
}

/** Rows from `numRows` on repeat nothing: padding rows of every table, weight 0. */
function pad(batch: Batch, numRows: number, F: number, N: number): Batch {
  batch.numRows = numRows;
  batch.categorical.fill(PADDING_ROW, numRows * F);
  batch.numeric.fill(0, numRows * N);
  batch.label.fill(0, numRows);
  batch.weight.fill(0, numRows);
  return batch;
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

/**
 * One pass in random order: every training row once and, for implicit feedback, each with its own fresh
 * negatives. The given buffers are filled in turn, so with two of them a batch stays while the next is
 * made; the last batch is padded.
 */
export function* trainingBatches(
  data: TrainingData,
  { buffers, random }: { readonly buffers: readonly Batch[]; readonly random: RandomStream },
): Generator<Batch> {
  const { schema, train } = data;
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const group = 1 + (data.negatives?.ratio ?? 0);
  const order = examplesOfPass(data, group);
  shuffle(random, order);
  const sampler = data.negatives && negativeSampler(data, data.negatives, random);
  const batchSize = buffers[0]!.label.length;
  for (let start = 0, turn = 0; start < order.length; start += batchSize, turn++) {
    const batch = buffers[turn % buffers.length]!;
    const numRows = Math.min(batchSize, order.length - start);
    copyExamples(train, order, start, numRows, group, batch);
    if (sampler)
      for (let at = 0; at < numRows; at++) {
        const inGroup = order[start + at]! % group;
        if (inGroup > 0)
          sampler.replaceItem((order[start + at]! - inGroup) / group, inGroup - 1, batch, at);
      }
    yield pad(batch, numRows, F, N);
  }
}

/** Fills a batch with training rows: those that the `numRows` examples from `start` on belong to. */
function copyExamples(
  examples: Examples,
  order: Int32Array,
  start: number,
  numRows: number,
  group: number,
  batch: Batch,
): void {
  const { categorical, numeric, label } = examples;
  const { categorical: categoricalOut, numeric: numericOut, label: labelOut } = batch;
  const F = categoricalOut.length / labelOut.length;
  const N = numericOut.length / labelOut.length;
  for (let at = 0; at < numRows; at++) {
    const row = Math.trunc(order[start + at]! / group);
    for (let f = 0; f < F; f++) categoricalOut[at * F + f] = categorical[row * F + f]!;
    for (let n = 0; n < N; n++) numericOut[at * N + n] = numeric[row * N + n]!;
    labelOut[at] = label[row]!;
  }
  batch.weight.fill(1, 0, numRows);
}

/** The examples in order, padded to whole batches; the given batch is filled anew for each step. */
export function* evaluationBatches(
  examples: Examples,
  schema: FeatureSchema,
  batch: Batch,
): Generator<Batch> {
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const batchSize = batch.label.length;
  for (let start = 0; start < examples.numRows; start += batchSize) {
    const numRows = Math.min(batchSize, examples.numRows - start);
    batch.categorical.set(examples.categorical.subarray(start * F, (start + numRows) * F));
    batch.numeric.set(examples.numeric.subarray(start * N, (start + numRows) * N));
    batch.label.set(examples.label.subarray(start, start + numRows));
    batch.weight.fill(1, 0, numRows);
    yield pad(batch, numRows, F, N);
  }
}
