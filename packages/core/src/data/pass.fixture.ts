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
