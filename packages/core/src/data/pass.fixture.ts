import { createArena } from "../kernels/index.ts";
import type { RandomStream } from "../random/index.ts";
import { createBatch, evaluationBatches, trainingBatches } from "./batches.ts";
import type { Batch, Examples, TrainingData } from "./examples.ts";
import type { FeatureSchema } from "./schema.ts";

/** One pass in batches of one size, in two buffers that take turns. */
export function passOf(
  data: TrainingData,
  { batchSize, random }: { readonly batchSize: number; readonly random: RandomStream },
): Generator<Batch> {
  const arena = createArena();
  const buffers = [1, 2].map(() => createBatch(data.schema, batchSize, arena));
  return trainingBatches(data, { buffers, random });
}

/** The examples in batches of one size. */
export function batchesOf(
  examples: Examples,
  schema: FeatureSchema,
  batchSize: number,
): Generator<Batch> {
  return evaluationBatches(examples, schema, createBatch(schema, batchSize, createArena()));
}

/** What examples look like encoded, row-major: all columns of a batch, and all numbers. */
export function featuresOf(
  examples: Examples,
  schema: FeatureSchema,
): { readonly categorical: Int32Array; readonly numeric: Float32Array } {
  const [batch] = batchesOf(examples, schema, Math.max(1, examples.numRows));
  return {
    categorical: batch?.categorical ?? new Int32Array(0),
    numeric: batch?.numeric ?? new Float32Array(0),
  };
}
