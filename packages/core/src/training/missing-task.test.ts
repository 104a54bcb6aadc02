import { expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor, type ModelPart } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { createTrainStep } from "./step.ts";

const BATCH_SIZE = 8;
const schema: FeatureSchema = {
  categorical: [{ name: "item", of: "item", numRows: 12 }],
  numeric: [{ name: "price", of: "item" }],
  tasks: ["click", "sale"],
};

const mixture = { kind: "mmoe", experts: 2, expertHidden: [6], width: 3, embeddingStd: 0.1 };

/** Trains five steps on rows whose sales are given; by parameter, whether it moved, and the last loss. */
async function trained(sale: (row: number) => number) {
  const model = buildModel(
    modelConfig.parse({ ...mixture, towerHidden: [4], batchNorm: true, dropout: 0.2 }),
    schema,
  );
  const learned = createLearned(model, schema, { seed: 5, party: "a" });
  const config = trainingConfig.parse({
    batchSize: BATCH_SIZE,
    optimiser: { kind: "adam", learningRate: 0.01 },
  });
  const step = await createTrainStep({ model, schema, executor: jaxExecutor(), learned, config });
  const [batch] = step.batches;
  const before = learned.parameters.slice();
  let loss = 0;
  for (let s = 0; s < 5; s++) {
    for (let b = 0; b < BATCH_SIZE; b++) {
      batch.categorical[b] = 2 + ((3 * b) % 7);
      batch.numeric[b] = Math.cos(2 * b);
      batch.label[2 * b] = b % 2;
      batch.label[2 * b + 1] = sale(b);
      batch.weight[b] = 1;
    }
    batch.numRows = BATCH_SIZE;
    step.prepare(batch, streamOf(s));
    loss = await step.run(batch, {});
  }
  const after = learned.parameters.slice();
  await step.close();
  const moved = new Map(
    learned.layout.views.map(({ name, offset, length, part }) => [
      name,
      {
        part,
        moved: before.subarray(offset, offset + length).some((w, i) => w !== after[offset + i]),
      },
    ]),
  );
  return { loss, after, moved: [...moved.values()] };
}

const [CLICK, SALE] = [0, 1];

const ofTask = (task: number) => (entry: { readonly part: ModelPart | undefined }) =>
  entry.part !== undefined && entry.part.kind !== "expert" && entry.part.task === task;

test("a task that no row knows moves neither its gate nor its tower, to the bit, and all else learns", async () => {
  const { moved } = await trained(() => -1);
  expect(moved.filter(ofTask(SALE)).map((entry) => entry.moved)).not.toContain(true);
  expect(moved.filter(ofTask(SALE)).length).toBeGreaterThan(4);
  expect(moved.filter(ofTask(CLICK)).map((entry) => entry.moved)).toContain(true);
});

test("a task with one positive row, or none, trains to finite numbers and moves its tower", async () => {
  for (const positive of [3, -1]) {
    const { loss, after, moved } = await trained((row) => (row === positive ? 1 : 0));
    expect(Number.isFinite(loss) && after.every(Number.isFinite)).toBe(true);
    expect(moved.filter(ofTask(SALE)).map((entry) => entry.moved)).toContain(true);
  }
});
