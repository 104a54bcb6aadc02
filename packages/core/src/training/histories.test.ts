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

/** [item, ...history], padded at the start: each history twice, the second time in another order. */
const rows = [
  [2, 0, 3, 4],
  [2, 0, 4, 3],
  [3, 5, 2, 4],
  [3, 4, 2, 5],
  [4, 2, 5, 2],
  [4, 5, 2, 2],
  [5, 0, 2, 3],
  [5, 0, 3, 2],
];
const label = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1);

const configs = [
  { kind: "gru4rec", width: 8, units: 6, layers: 2, itemBias: true },
  { kind: "sasrec", width: 8, layers: 1, dropout: 0 },
  { kind: "bert4rec", width: 8, layers: 1, dropout: 0 },
];

test.each(configs)("$kind learns a small set of histories by heart", async (config) => {
  const model = buildModel(modelConfig.parse({ ...config, embeddingStd: 0.3 }), schema);
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
