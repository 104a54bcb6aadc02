import { expect, test } from "vitest";
import { columnsConfig, encode, splitClient, type SplitClient } from "../data/index.ts";
import { interactions, implicitRules } from "../data/tables.fixture.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createTrainer, type Trainer } from "./trainer.ts";

/** Six users who take six of a client's ten items each, one after another. */
function client(name: string): SplitClient {
  const rows = Array.from({ length: 36 }, (_, i): [string, string, number] => {
    const user = i % 6;
    return [`u${user}`, `${name}${(user + Math.floor(i / 6)) % 10}`, i];
  });
  const columns = columnsConfig.parse({ ...implicitRules.columns, history: { length: 4 } });
  return splitClient(interactions(rows), { ...implicitRules, client: name, columns }, 1);
}

async function trainerOf(
  splits: readonly SplitClient[],
  training: object,
  options: Partial<Parameters<typeof encode>[1]> = {},
): Promise<{ trainer: Trainer; rowOf: ReadonlyMap<string, number> }> {
  const { data, encoder } = encode(splits, { minCount: 1, ...options });
  const model = buildModel(
    modelConfig.parse({ kind: "sasrec", width: 4, layers: 1, dropout: 0 }),
    data.schema,
  );
  const trainer = await createTrainer({
    model,
    data,
    config: trainingConfig.parse({ batchSize: 4, ...training }),
    executor: jaxExecutor(),
    seed: 3,
    party: "own",
  });
  const items = encoder.vocabularies["item"]!;
  return { trainer, rowOf: new Map(items.map((item, i) => [item, 2 + i])) };
}

const epoch = (trainer: Trainer) =>
  trainer.epoch({
    stream: streamOf(9),
    proximal: { mu: 0, anchor: trainer.parameters.slice() },
  });

/** Items whose vectors a pass moved. */
async function moved(trainer: Trainer, rowOf: ReadonlyMap<string, number>): Promise<string[]> {
  const rows = () => trainer.tableRows("items", "item");
  const before = rows().slice();
  await epoch(trainer);
  const after = rows();
  return [...rowOf]
    .filter(([, row]) => [0, 1, 2, 3].some((k) => after[row * 4 + k] !== before[row * 4 + k]))
    .map(([item]) => item)
    .toSorted();
}

test.each([
  { kind: "bce" },
  { kind: "bpr" },
  { kind: "sampled-softmax", samples: 20 },
  { kind: "full-softmax" },
])("with an agreed vocabulary, $kind compares with the client's own items alone", async (loss) => {
  const own = Array.from({ length: 10 }, (_, i) => `a${i}`);
  const others = Array.from({ length: 10 }, (_, i) => `b${i}`);
  const { trainer, rowOf } = await trainerOf(
    [client("a")],
    { loss },
    {
      vocabularies: { item: [...others, ...own] },
    },
  );
  const items = await moved(trainer, rowOf);
  expect(items.length).toBeGreaterThan(7);
  expect(items.filter((item) => item.startsWith("b"))).toEqual([]);
  await trainer.close();
});

test("pooled clients: all of their items are compared with", async () => {
  const { trainer, rowOf } = await trainerOf(
    [client("a"), client("b")],
    { loss: { kind: "full-softmax" } },
    { common: ["item"] },
  );
  expect(await moved(trainer, rowOf)).toHaveLength(rowOf.size);
  expect(rowOf.size).toBeGreaterThan(15);
  await trainer.close();
});

test("a batch of items that are all out of vocabulary teaches nothing, and breaks nothing", async () => {
  // Of ten items four are in four training rows or more; a batch is one window.
  const { trainer, rowOf } = await trainerOf([client("a")], {}, { minCount: 4 });
  expect(rowOf.size).toBeLessThan(6);
  const loss = await epoch(trainer);
  expect(loss).toBeGreaterThan(0);
  expect(trainer.parameters.every(Number.isFinite)).toBe(true);
  await trainer.close();
});

test("no item in the vocabulary is said to be the reason", async () => {
  await expect(trainerOf([client("a")], {}, { minCount: 50 })).rejects.toThrow(
    'client "own": model "sasrec" predicts items, but every item is in fewer training rows than data.vocabulary.minCount says; lower it',
  );
});
