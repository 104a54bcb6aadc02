import { expect, test } from "vitest";
import { columnsConfig, encode, sequenceWindows, splitClient } from "../data/index.ts";
import { implicitRules, interactions } from "../data/tables.fixture.ts";
import { buildModel, modelConfig, type Model } from "../models/index.ts";
import { batchNorm } from "../nn/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createTrainer } from "./trainer.ts";

const [WIDTH, LENGTH] = [2, 4];
const rows = Array.from({ length: 40 }, (_, i): [string, string, number] => [
  `u${i % 5}`,
  `i${(i * 7) % 11}`,
  i,
]);
const columns = columnsConfig.parse({ ...implicitRules.columns, history: { length: LENGTH } });
const split = splitClient(interactions(rows), { ...implicitRules, columns }, 1);
const { data } = encode([split], { minCount: 1 });

/** Of the shelf's model of sequences: states that are its items, normalised over all positions. */
function normalisedModel(): Model {
  const config = modelConfig.parse({ kind: "sasrec", width: WIDTH, layers: 1, embeddingStd: 1 });
  const shelf = buildModel(config, data.schema);
  const norm = batchNorm("items/norm", WIDTH);
  return {
    ...shelf,
    parameters: [...shelf.parameters, ...norm.parameters],
    state: norm.state,
    sequence: {
      ...shelf.sequence!,
      states: (inputs) => {
        const { shape } = inputs.items;
        const { x, state } = norm.forward(
          { ...inputs, weight: inputs.present.reshape([-1]) },
          inputs.items.reshape([-1, WIDTH]),
        );
        return { states: x.reshape(shape), state };
      },
    },
    forward: (inputs) => ({ ...shelf.forward(inputs), state: inputs.state }),
  };
}

test("statistics taken anew from sequences are those of all positions", async () => {
  const trainer = await createTrainer({
    model: normalisedModel(),
    data,
    config: trainingConfig.parse({ batchSize: 100, loss: { kind: "bpr" } }),
    executor: jaxExecutor({ device: "cpu" }),
    seed: 3,
    party: "de",
  });
  await trainer.epoch({ stream: streamOf(1) });
  const saved = () =>
    Object.fromEntries(
      Object.entries(trainer.save().arrays).map(([name, values]) => [name, values.slice()]),
    );
  const before = saved();
  await trainer.refreshStatistics({ stream: streamOf(2) });

  const histories = data.train.rows.histories!;
  const windows = sequenceWindows(histories, { size: LENGTH + 1, overlap: 1, least: 2 });
  const inputs = [...windows.starts].flatMap((start, w) => [
    ...histories.items.subarray(start, windows.ends[w]! - 1),
  ]);
  const table = trainer.tableRows("items", "item");
  for (let k = 0; k < WIDTH; k++) {
    const values = inputs.map((row) => table[row * WIDTH + k]!);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(trainer.state[k]).toBeCloseTo(mean, 5);
    expect(trainer.state[WIDTH + k]).toBeCloseTo(squares / (values.length - 1), 5);
    expect(Math.abs(before["learned:state"]![k]! - mean)).toBeGreaterThan(0.01);
  }
  expect({ ...saved(), "learned:state": 0 }).toEqual({ ...before, "learned:state": 0 });
  await trainer.close();
});
