import { expect, test } from "vitest";
import { columnsConfig, encode, evaluationBatches, splitClient } from "../data/index.ts";
import { buildModel, modelConfig, type Model, type SequenceObjective } from "../models/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { createLearned } from "./learned.ts";
import { createSequenceScorer } from "./sequence-scorer.ts";
import { createPredictStep } from "./step.ts";

const NUM_ROWS = 60;
const text = (values: readonly string[]) => {
  const distinct = [...new Set(values)];
  return {
    kind: "text" as const,
    codes: Int32Array.from(values, (value) => distinct.indexOf(value)),
    values: distinct,
  };
};
const rows = Array.from({ length: NUM_ROWS }, (_, i) => i);
const split = splitClient(
  {
    numRows: NUM_ROWS,
    columns: {
      who: text(rows.map((i) => `u${i % 6}`)),
      what: text(rows.map((i) => `i${(i * 7) % 23}`)),
      when: { kind: "number", values: Float64Array.from(rows) },
    },
  },
  {
    client: "de",
    columns: columnsConfig.parse({
      user: "who",
      item: "what",
      time: "when",
      history: { length: 4 },
    }),
    feedback: "implicit",
    split: { kind: "leave-one-out" },
    negatives: { evaluation: { count: 5 } },
  },
  1,
);

test.each([
  { kind: "sasrec", width: 4, layers: 1, heads: 1 },
  { kind: "gru4rec", width: 4, itemBias: true },
  { kind: "bert4rec", width: 4, layers: 1, heads: 2 },
])("$kind: candidates of one history get the scores that rows get one by one", async (config) => {
  const { data } = encode([split], { minCount: 1 });
  const { schema } = data;
  const model = buildModel(modelConfig.parse(config), schema) as Model & {
    sequence: SequenceObjective;
  };
  const executor = jaxExecutor({ device: "cpu" });
  const learned = createLearned(model, schema, { seed: 3, party: "de" });
  for (const table of learned.tables)
    table.values.forEach((value, i) => (table.values[i] = 20 * value + 0.1 * Math.sin(i)));
  const examples = data.parts[0]!.test.examples();
  // Three histories a run, so that the six lists take two.
  const scorer = await createSequenceScorer({ model, executor, learned, batch: 3, length: 4 });
  const together = await scorer.logits(examples, schema);
  const predict = await createPredictStep({ model, schema, batchSize: 36, executor, learned });
  expect(examples.numRows).toBe(36);
  for (const batch of evaluationBatches(examples, schema, predict.batch)) {
    await predict.run();
    for (let i = 0; i < batch.numRows; i++) expect(together[i]).toBeCloseTo(predict.logits[i]!, 5);
  }
  expect(new Set(together).size).toBeGreaterThan(20);
  await Promise.all([scorer.close(), predict.close()]);
});
