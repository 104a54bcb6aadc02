import { expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { createPredictStep, createTrainStep } from "./step.ts";

const BATCH_SIZE = 8;
const schema: FeatureSchema = {
  categorical: [
    { name: "item", of: "item", numRows: 6 },
    { name: "history", of: "user", numRows: 6, length: 3, vocabulary: "item" },
  ],
  numeric: [],
};

/** [item, ...history], padded at the start: a click where the item was bought before. */
const rows = [
  [2, 0, 3, 2],
  [3, 0, 4, 2],
  [4, 5, 3, 4],
  [5, 0, 0, 0],
  [2, 0, 0, 5],
  [3, 3, 4, 5],
  [4, 0, 2, 3],
  [5, 0, 5, 2],
];
const label = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1);

test.each([false, true])("DIN learns a small set by heart, softmax %s", async (softmax) => {
  const config = modelConfig.parse({ kind: "din", width: 4, softmax, hidden: [16, 8] });
  const model = buildModel(config, schema);
  const learned = createLearned(model, schema, { seed: 5, party: "a" });
  const parts = { model, schema, executor: jaxExecutor(), learned };
  const step = await createTrainStep({
    ...parts,
    config: trainingConfig.parse({
      batchSize: BATCH_SIZE,
      optimiser: { kind: "adam", learningRate: 0.02 },
    }),
  });
  for (const batch of step.batches) {
    batch.categorical.set(rows.flat());
    batch.label.set(label);
    batch.weight.fill(1);
    batch.numRows = BATCH_SIZE;
    step.prepare(batch, streamOf(7));
  }
  const losses: number[] = [];
  for (let t = 0; t < 150; t++) losses.push(await step.run(step.batches[t % 2]!, {}));
  expect(losses[0]).toBeGreaterThan(0.6);
  expect(losses[0]).toBeLessThan(1.1);
  expect(losses.at(-1)).toBeLessThan(0.1);

  const predict = await createPredictStep({ ...parts, batchSize: BATCH_SIZE });
  predict.batch.categorical.set(rows.flat());
  await predict.run();
  predict.logits.forEach((z, b) => expect(z > 0).toBe(label[b] === 1));
  await Promise.all([step.close(), predict.close()]);
});
