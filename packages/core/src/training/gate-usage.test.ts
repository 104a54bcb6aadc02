import { expect, test } from "vitest";
import type { EvaluationExamples } from "../data/index.ts";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { jaxExecutor, view, type Executor } from "../tensor/index.ts";
import { createGateUsage } from "./gate-usage.ts";
import { createLearned } from "./learned.ts";

const NUM_ROWS = 11;
const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 8 },
    { name: "item", of: "item", numRows: 8 },
  ],
  numeric: [{ name: "price", of: "item" }],
  tasks: ["click", "buy"],
};
const prices = Float32Array.from({ length: NUM_ROWS }, (_, b) => 2 * Math.cos(b) + b / 4);
const examples: EvaluationExamples = {
  numRows: NUM_ROWS,
  rows: {
    numRows: NUM_ROWS,
    categorical: Int32Array.from({ length: 2 * NUM_ROWS }, (_, i) => 1 + (i % 7)),
    numeric: prices,
  },
  at: Int32Array.from({ length: NUM_ROWS }, (_, b) => b),
  label: new Float32Array(2 * NUM_ROWS),
  user: new Int32Array(NUM_ROWS),
};

function usageOf(config: object, batchSize = 4) {
  const model = buildModel(modelConfig.parse(config), schema);
  const learned = createLearned(model, schema, { seed: 5, party: "a" });
  const loaded: string[] = [];
  const jax = jaxExecutor();
  const executor: Executor = {
    ...jax,
    load: (program) => {
      loaded.push(program.name);
      return jax.load(program);
    },
  };
  return {
    learned,
    loaded,
    usage: createGateUsage({ model, schema, batchSize, executor, learned }),
  };
}

test("the mean share of each expert over rows, those that fill up a batch not counted", async () => {
  const { learned, loaded, usage } = usageOf({ kind: "mmoe", width: 2, experts: 2 });
  // The first expert's share in the click is sigmoid(price), in the buy sigmoid(1 - 2 price).
  for (const [task, [slope, bias]] of [[1, 0] as const, [-2, 1] as const].entries()) {
    const weight = view(learned.layout, learned.parameters, `gate${task}/weight`);
    weight.fill(0)[weight.length - 2] = slope;
    view(learned.layout, learned.parameters, `gate${task}/bias`).set([bias, 0]);
  }
  expect(loaded).toEqual([]);
  const mean = (share: (price: number) => number) =>
    prices.reduce((sum, price) => sum + share(price), 0) / NUM_ROWS;
  const click = mean((price) => 1 / (1 + Math.exp(-price)));
  const buy = mean((price) => 1 / (1 + Math.exp(2 * price - 1)));
  for (const asked of [1, 2]) {
    const shares = await usage.of(examples);
    expect(shares).toHaveLength(4);
    [click, 1 - click, buy, 1 - buy].forEach((value, i) =>
      expect(shares![i], `asked ${asked}`).toBeCloseTo(value, 5),
    );
  }
  expect(loaded).toEqual(["gates:mmoe"]);
  await usage.close();
});

test("a model without gates has no usage, and nothing is compiled for it", async () => {
  const { loaded, usage } = usageOf({ kind: "shared-bottom", width: 2 });
  expect(await usage.of(examples)).toBe(undefined);
  expect(loaded).toEqual([]);
  await usage.close();
});
