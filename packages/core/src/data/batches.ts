import { shuffle, type RandomStream } from "../random/index.ts";
import type { Batch, Examples, TrainingData } from "./examples.ts";
import { negativeSampler } from "./negatives.ts";
import type { FeatureSchema } from "./schema.ts";

function emptyBatch(schema: FeatureSchema, batchSize: number): Batch {
  return {
    numRows: 0,
    categorical: new Int32Array(batchSize * schema.categorical.length),
    numeric: new Float32Array(batchSize * schema.numeric.length),
    label: new Float32Array(batchSize),
    weight: new Float32Array(batchSize),
  };
}

/** Copies row `row` of `examples` to row `at` of the batch. */
function copyRow(examples: Examples, row: number, batch: Batch, at: number, F: number, N: number): void {
  const { categorical, numeric } = examples;
  for (let f = 0; f < F; f++) batch.categorical[at * F + f] = categorical[row * F + f]!;
  for (let n = 0; n < N; n++) batch.numeric[at * N + n] = numeric[row * N + n]!;
  batch.label[at] = examples.label[row]!;
  batch.weight[at] = 1;
}

/** Rows from `numRows` on repeat nothing: padding rows of every table, weight 0. */
function pad(batch: Batch, numRows: number, F: number, N: number): Batch {
  batch.numRows = numRows;
  batch.categorical.fill(0, numRows * F);
  batch.numeric.fill(0, numRows * N);
  batch.label.fill(0, numRows);
  batch.weight.fill(0, numRows);
  return batch;
}

/** Rows that one pass trains on, negatives included. */
export function numTrainingRows(data: TrainingData): number {
  return data.train.numRows * (1 + (data.negatives?.ratio ?? 0));
}

/**
 * One pass in random order: every training row once and, for implicit feedback, each with its own fresh
 * negatives. One batch object is filled anew for each step; the last is padded.
 */
export function* trainingBatches(
  data: TrainingData,
  { batchSize, random }: { readonly batchSize: number; readonly random: RandomStream },
): Generator<Batch> {
  const { schema, train } = data;
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const group = 1 + (data.negatives?.ratio ?? 0);
  const order = Int32Array.from({ length: numTrainingRows(data) }, (_, i) => i);
  shuffle(random, order);
  const sampler = data.negatives && negativeSampler(data, data.negatives, random);
  const batch = emptyBatch(schema, batchSize);
  let at = 0;
  for (const example of order) {
    const row = Math.floor(example / group);
    copyRow(train, row, batch, at, F, N);
    // Within its group, example 0 is the positive and the others are its negatives.
    if (sampler && example % group !== 0) sampler.replaceItem(row, example % group, batch, at);
    if (++at === batchSize) {
      yield pad(batch, at, F, N);
      at = 0;
    }
  }
  if (at > 0) yield pad(batch, at, F, N);
}

/** The examples in order, padded to whole batches; one batch object is filled anew for each step. */
export function* evaluationBatches(
  examples: Examples,
  schema: FeatureSchema,
  batchSize: number,
): Generator<Batch> {
  const F = schema.categorical.length;
  const N = schema.numeric.length;
  const batch = emptyBatch(schema, batchSize);
  for (let start = 0; start < examples.numRows; start += batchSize) {
    const numRows = Math.min(batchSize, examples.numRows - start);
    batch.categorical.set(examples.categorical.subarray(start * F, (start + numRows) * F));
    batch.numeric.set(examples.numeric.subarray(start * N, (start + numRows) * N));
    batch.label.set(examples.label.subarray(start, start + numRows));
    batch.weight.fill(1, 0, numRows);
    yield pad(batch, numRows, F, N);
  }
}
