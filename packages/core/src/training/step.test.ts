import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig, type Model } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor, type Executor } from "../tensor/index.ts";
import { learnsByHeart } from "./by-heart.laws.ts";
import { trainingConfig } from "./config.ts";
import { createLearned, type Learned } from "./learned.ts";
import { createTrainStep } from "./step.ts";

const BATCH_SIZE = 8;
const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 12 },
    { name: "item", of: "item", numRows: 12 },
  ],
  numeric: [{ name: "price", of: "item" }],
};

function learnedOf(config: unknown): { model: Model; learned: Learned } {
  const model = buildModel(modelConfig.parse(config), schema);
  return { model, learned: createLearned(model, schema, { seed: 5, party: "a" }) };
}

/** Eight rows that a model can learn by heart: every user once, items in another order. */
const rows = {
  categorical: Int32Array.from({ length: 2 * BATCH_SIZE }, (_, i) =>
    i % 2 === 0 ? 2 + i / 2 : 2 + (((3 * (i - 1)) / 2) % 7),
  ),
  numeric: Float32Array.from({ length: BATCH_SIZE }, (_, b) => Math.cos(2 * b)),
  label: Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0),
};

describe("learns a small set by heart", () => {
  const small = { hidden: [16, 8] };
  const configs = [
    { kind: "lr" },
    { kind: "fm", width: 4 },
    { kind: "gmf", width: 4 },
    { kind: "mlp", width: 4, ...small },
    { kind: "neumf", gmfWidth: 4, mlpWidth: 4, ...small },
    { kind: "deepfm", width: 4, ...small },
    { kind: "deepfm", width: 4, ...small, batchNorm: true },
    { kind: "dcnv2", width: 4, ...small },
    { kind: "ffm", width: 2 },
    { kind: "widedeep", width: 4, ...small },
    { kind: "pnn", width: 4, product: "inner", ...small },
    { kind: "pnn", width: 4, product: "both", ...small },
    { kind: "dcn", width: 4, ...small },
    { kind: "xdeepfm", width: 4, cin: [6, 4], ...small },
    { kind: "autoint", width: 4, layers: 2, headWidth: 4, embeddingStd: 0.1 },
    { kind: "autoint", width: 4, layers: 1, headWidth: 4, ...small },
    { kind: "fibinet", width: 4, bilinear: "all", ...small },
    { kind: "fibinet", width: 4, ...small },
    { kind: "masknet", width: 4, structure: "serial", blocks: [16, 8], hidden: [] },
    { kind: "masknet", width: 4, blocks: [8, 8], ...small },
    { kind: "finalmlp", width: 4, first: [16, 8], second: [8], heads: 2 },
    { kind: "finalmlp", width: 4, gates: { first: ["user"] }, batchNorm: true },
    { kind: "shared-bottom", width: 4, bottomHidden: [16], towerHidden: [8] },
    { kind: "mmoe", width: 4, expertHidden: [8], towerHidden: [8] },
    { kind: "ple", width: 4, expertHidden: [8], towerHidden: [8] },
    { kind: "aitm", width: 4, bottomHidden: [16], towerHidden: [8] },
    { kind: "stem", width: 4, expertHidden: [8], towerHidden: [8] },
    { kind: "star", width: 4, ...small, scenario: "item", partitionedNorm: false },
    { kind: "pepnet", width: 4, ...small, scenario: "item", gateHidden: 8 },
  ];
  test.each(configs)("$kind, batchNorm $batchNorm", async (config) => {
    await learnsByHeart(config, { schema, ...rows });
  });
});

test("the other batch may be filled while a step runs: the result is that of taking turns", async () => {
  const trained = async (overlap: boolean) => {
    const { model, learned } = learnedOf({ kind: "deepfm", width: 4, hidden: [8] });
    const config = trainingConfig.parse({ batchSize: BATCH_SIZE });
    const step = await createTrainStep({ model, schema, executor: jaxExecutor(), learned, config });
    const fill = (t: number) => {
      const batch = step.batches[t % 2]!;
      batch.categorical.set(rows.categorical.map((value) => 2 + ((value + t) % 10)));
      batch.numeric.set(rows.numeric);
      batch.label.set(rows.label);
      batch.weight.fill(1);
      batch.numRows = BATCH_SIZE;
      step.prepare(batch, streamOf(7));
    };
    fill(0);
    for (let t = 0; t < 6; t++) {
      const next = () => fill(t + 1);
      await step.run(step.batches[t % 2]!, overlap ? { meanwhile: next } : {});
      if (!overlap) next();
    }
    await step.close();
    return learned;
  };
  const [overlapped, inTurn] = [await trained(true), await trained(false)];
  expect(overlapped.parameters).toEqual(inTurn.parameters);
  overlapped.tables.forEach((table, i) => expect(table.values).toEqual(inTurn.tables[i]!.values));
});

describe("dropout", () => {
  const config = { kind: "deepfm", width: 4, hidden: [40, 30], dropout: 0.25 };
  const trainingOf = { batchSize: BATCH_SIZE, optimiser: { kind: "sgd", learningRate: 1e-30 } };

  /** Losses of steps that change nothing: they differ by their masks alone. */
  async function losses(seed: number, model: unknown): Promise<number[]> {
    const { model: built, learned } = learnedOf(model);
    const parts = { model: built, schema, executor: jaxExecutor(), learned };
    const step = await createTrainStep({ ...parts, config: trainingConfig.parse(trainingOf) });
    const [batch] = step.batches;
    batch.categorical.set(rows.categorical);
    batch.numeric.set(rows.numeric);
    batch.label.set(rows.label);
    batch.weight.fill(1);
    batch.numRows = BATCH_SIZE;
    const random = streamOf(seed);
    const seen: number[] = [];
    for (let t = 0; t < 4; t++) {
      step.prepare(batch, random);
      seen.push(await step.run(batch, {}));
    }
    await step.close();
    return seen;
  }

  test("draws masks anew for every batch, the same ones for the same stream", async () => {
    const first = await losses(1, config);
    expect(new Set(first).size).toBe(4);
    expect(await losses(1, config)).toEqual(first);
    expect(await losses(2, config)).not.toEqual(first);
    expect(new Set(await losses(1, { ...config, dropout: 0 })).size).toBe(1);
  });
});

test("a batch that is cut in chunks gives the gradients of the whole", async () => {
  const wide: FeatureSchema = {
    ...schema,
    numeric: [...schema.numeric, { name: "age", of: "user" }],
  };
  const config = { kind: "dcnv2", width: 4, hidden: [1100, 6], dropout: 0.5 };
  const batchSize = 512;
  const trained = async (threads: number) => {
    const model = buildModel(modelConfig.parse(config), wide);
    const learned = createLearned(model, wide, { seed: 5, party: "a" });
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
    const step = await createTrainStep({
      model,
      schema: wide,
      executor,
      learned,
      config: trainingConfig.parse({ batchSize, optimiser: { kind: "sgd", learningRate: 1 } }),
    });
    const [batch] = step.batches;
    for (let i = 0; i < batch.categorical.length; i++) batch.categorical[i] = (i * 7) % 12;
    for (let i = 0; i < batch.numeric.length; i++) batch.numeric[i] = Math.sin(i);
    for (let i = 0; i < batchSize; i++) batch.label[i] = i % 3 === 0 ? 1 : 0;
    batch.weight.fill(1, 0, 500); // the last chunk is part padding
    batch.numRows = 500;
    step.prepare(batch, streamOf(3));
    const loss = await step.run(batch, {});
    await step.close();
    return { loss, learned, programs };
  };
  const [cut, whole] = [await trained(1), await trained(2)];
  expect(cut.programs).toContain("embedding:deep#3");
  expect(whole.programs).toContain("embedding:deep");
  expect(cut.loss).toBeCloseTo(whole.loss, 5);
  const distance = (a: Float32Array, b: Float32Array) =>
    a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
  expect(distance(cut.learned.parameters, whole.learned.parameters)).toBeLessThan(1e-5);
  cut.learned.tables.forEach((table, i) =>
    expect(distance(table.values, whole.learned.tables[i]!.values)).toBeLessThan(1e-5),
  );
  expect(
    distance(
      cut.learned.parameters,
      createLearned(buildModel(modelConfig.parse(config), wide), wide, { seed: 5, party: "a" })
        .parameters,
    ),
  ).toBeGreaterThan(1e-3);
});
