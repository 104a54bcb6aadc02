import { expect } from "vitest";
import { tasksOf, type FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { createPredictStep, createTrainStep } from "./step.ts";

/** Few rows, encoded, row-major: what a batch holds. A label of -1 is not known. */
export interface FewRows {
  readonly schema: FeatureSchema;
  readonly categorical: ArrayLike<number>;
  readonly numeric?: ArrayLike<number>;
  readonly label: Float32Array;
}

/** At most: a model without running statistics stops where its loss leaves no row wrong. */
const STEPS = 80;

/**
 * A model learns a few rows by heart: its loss begins at that of a coin and ends near 0, and it then scores
 * every row on the side of its label.
 */
export async function learnsByHeart(config: unknown, rows: FewRows): Promise<void> {
  const { schema, categorical, numeric = [], label } = rows;
  const numTasks = tasksOf(schema).length;
  const batchSize = label.length / numTasks;
  const model = buildModel(modelConfig.parse(config), schema);
  const learned = createLearned(model, schema, { seed: 5, party: "a" });
  const parts = { model, schema, executor: jaxExecutor(), learned };
  const optimiser = { kind: "adam", learningRate: 0.04 };
  const step = await createTrainStep({
    ...parts,
    config: trainingConfig.parse({ batchSize, optimiser }),
    loss: {
      loss: { kind: "bce" },
      taskWeights: Array.from({ length: numTasks }, () => 1),
      group: 1,
    },
  });
  for (const batch of step.batches) {
    batch.categorical.set(categorical);
    batch.numeric.set(numeric);
    batch.label.set(label);
    batch.weight.fill(1);
    batch.numRows = batchSize;
    step.prepare(batch, streamOf(7));
  }
  const losses: number[] = [];
  const nearZero = 0.1 * numTasks;
  // Running statistics need all steps to follow the batch's.
  // One row on the wrong side costs ln 2 of the batch's mean: at half of that there is none.
  const known = Math.LN2 / batchSize / 2;
  const learns = () => model.state.length > 0 || !(losses.at(-1)! < known);
  for (let t = 0; t < STEPS && learns(); t++) losses.push(await step.run(step.batches[t % 2]!, {}));
  expect(losses[0]).toBeGreaterThan(numTasks === 1 ? 0.6 : 0.55 * numTasks);
  expect(losses[0]).toBeLessThan(1.1 * numTasks);
  expect(losses.at(-1)).toBeLessThan(nearZero);

  const predict = await createPredictStep({ ...parts, batchSize });
  predict.batch.categorical.set(categorical);
  predict.batch.numeric.set(numeric);
  await predict.run();
  expect(predict.logits).toHaveLength(label.length);
  predict.logits.forEach((z, i) => {
    if (label[i]! >= 0) expect(z > 0).toBe(label[i] === 1);
  });
  await Promise.all([step.close(), predict.close()]);
}
