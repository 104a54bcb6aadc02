import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor, type Executor } from "../tensor/index.ts";
import { learnsByHeart } from "./by-heart.laws.ts";
import { trainingConfig } from "./config.ts";
import { createLearned } from "./learned.ts";
import { createTrainStep } from "./step.ts";

const BATCH_SIZE = 8;
const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 12 },
    { name: "item", of: "item", numRows: 12 },
    { name: "scenario", of: "context", numRows: 5 },
  ],
  numeric: [{ name: "price", of: "item" }],
  tasks: ["click", "buy"],
};

/** Eight rows that a model can learn by heart; of one row it is not known whether a buy followed. */
const rows = {
  categorical: Int32Array.from({ length: 3 * BATCH_SIZE }, (_, i) => {
    const b = Math.floor(i / 3);
    return [2 + b, 2 + ((3 * b) % 7), 1 + (b % 3)][i % 3]!; // one of three scenarios is not known
  }),
  numeric: Float32Array.from({ length: BATCH_SIZE }, (_, b) => Math.cos(2 * b)),
  label: Float32Array.of(1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, -1, 0, 0),
};

describe("learns two tasks of a small set by heart", () => {
  const common = { width: 4, embeddingStd: 0.1 };
  const small = { ...common, towerHidden: [8] };
  const configs = [
    { kind: "shared-bottom", bottomHidden: [16], ...small },
    { kind: "shared-bottom", bottomHidden: [16], batchNorm: true, ...small },
    { kind: "mmoe", expertHidden: [8], ...small },
    { kind: "ple", expertHidden: [8], levels: 2, ...small },
    { kind: "esmm", ...common, towerHidden: [16, 8] },
    { kind: "aitm", bottomHidden: [16], ...small },
    { kind: "stem", expertHidden: [8], ...small },
    { kind: "star", scenarios: 2, hidden: [16, 8], partitionedNorm: false, ...common },
    { kind: "pepnet", hidden: [16, 8], gateHidden: 8, ...common },
  ];
  test.each(configs)("$kind, batchNorm $batchNorm", async (config) => {
    await learnsByHeart(config, { schema, ...rows });
  });
});

test("a penalty of a batch that is cut in chunks is that of the whole, padding and weights counted", async () => {
  const batchSize = 512;
  const config = {
    kind: "aitm",
    width: 4,
    bottomHidden: [700, 4],
    towerHidden: [],
    embeddingStd: 1,
  };
  const lossOn = async (threads: number) => {
    const model = buildModel(modelConfig.parse(config), schema);
    const learned = createLearned(model, schema, { seed: 5, party: "a" });
    const programs: string[] = [];
    const jax = jaxExecutor();
    const executor: Executor = {
      name: jax.name,
      threads, // several threads cut a batch by themselves
      load: (program) => {
        programs.push(...program.inputs.map(({ name }) => name));
        return jax.load(program);
      },
    };
    const training = trainingConfig.parse({ batchSize });
    const step = await createTrainStep({ model, schema, executor, learned, config: training });
    const [batch] = step.batches;
    for (let i = 0; i < batch.categorical.length; i++) batch.categorical[i] = 2 + ((i * 7) % 3);
    for (let i = 0; i < batch.numeric.length; i++) batch.numeric[i] = Math.sin(i);
    for (let i = 0; i < batch.label.length; i++) batch.label[i] = i % 3 === 0 ? 1 : 0;
    for (let b = 0; b < 300; b++) batch.weight[b] = b < 200 ? 3 : 1; // the rest is padding
    batch.numRows = 300;
    step.prepare(batch, streamOf(3));
    const loss = await step.run(batch, {});
    await step.close();
    return { loss, programs };
  };
  const [cut, whole] = [await lossOn(1), await lossOn(2)];
  expect(cut.programs).toContain("embedding:deep#1");
  expect(whole.programs).toContain("embedding:deep");
  expect(cut.loss).toBeCloseTo(whole.loss, 5);
});
