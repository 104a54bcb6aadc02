import { expect, test } from "vitest";
import type { TrainingData } from "../data/index.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createTrainer } from "./trainer.ts";

const ROWS = 24;
/** Table rows of the scenarios: of the first 20, of the second 3, of the third one, of the fourth none. */
const scenarioOf = (i: number) => (i < 20 ? 2 : i < 23 ? 3 : 4);
const price = Float32Array.from({ length: ROWS }, (_, i) => Math.sin(i * i) + i / 5);
const data: TrainingData = {
  schema: {
    categorical: [{ name: "scenario", of: "context", numRows: 6 }],
    numeric: [{ name: "price", of: "item" }],
  },
  train: {
    numRows: ROWS,
    rows: {
      numRows: ROWS,
      categorical: Int32Array.from({ length: ROWS }, (_, i) => scenarioOf(i)),
      numeric: price,
    },
    at: Int32Array.from({ length: ROWS }, (_, i) => i),
    label: Float32Array.from({ length: ROWS }, (_, i) => i % 2),
    user: new Int32Array(ROWS),
  },
  parts: [],
};

test("statistics by scenario: of each that has any, and those of the others stay", async () => {
  const model = buildModel(
    modelConfig.parse({ kind: "star", scenarios: 4, hidden: [3], auxiliaryHidden: [3] }),
    data.schema,
  );
  const trainer = await createTrainer({
    model,
    data,
    config: trainingConfig.parse({ batchSize: 32 }),
    executor: jaxExecutor({ device: "cpu" }),
    seed: 4,
    party: "de",
  });
  // Everyone, and the four scenarios: means first, then variances.
  trainer.state.set([9, 9, 9, 9, 9, 8, 8, 8, 8, 8]);
  await trainer.refreshStatistics({ stream: streamOf(1) });
  const momentsOf = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return [mean, squares / (values.length - 1)] as const;
  };
  const groups = [price, price.subarray(0, 20), price.subarray(20, 23)];
  const moments = [...groups.map(momentsOf), [9, 8], [9, 8]] as const;
  moments.forEach(([mean, variance], d) => {
    expect(trainer.state[d]).toBeCloseTo(mean, 5);
    expect(trainer.state[5 + d]).toBeCloseTo(variance, 5);
  });
  await trainer.close();
});
