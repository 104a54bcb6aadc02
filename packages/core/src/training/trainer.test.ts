import { describe, expect, test } from "vitest";
import {
  encode,
  oracleColumn,
  splitClient,
  syntheticColumns,
  syntheticWorld,
} from "../data/index.ts";
import { measure } from "../metrics/index.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { createTrainer, type Trainer } from "./trainer.ts";

const world = syntheticWorld({
  kind: "synthetic",
  markets: { a: { rows: 600 } },
  sharedTaste: 1,
  worldSeed: 1,
});
const split = splitClient(
  world[0]!.table,
  {
    client: "a",
    columns: syntheticColumns,
    feedback: "explicit",
    split: { kind: "random", valid: 0.2, test: 0.2 },
    oracleColumns: [oracleColumn],
  },
  1,
);
const { data } = encode([split], { minCount: 1 });

const deepfm = { kind: "deepfm", width: 3, hidden: [6], batchNorm: true, embeddingStd: 0.1 };

function trainer(
  overrides: Record<string, unknown> = {},
  party = "a",
  model: Record<string, unknown> = deepfm,
): Promise<Trainer> {
  return createTrainer({
    model: buildModel(modelConfig.parse(model), data.schema),
    data,
    config: trainingConfig.parse({
      batchSize: 50,
      optimiser: { kind: "adam", learningRate: 0.01 },
      ...overrides,
    }),
    executor: jaxExecutor(),
    seed: 1,
    party,
  });
}

async function epochs(of: Trainer, from: number, to: number, mu = 0): Promise<number[]> {
  const anchor = of.parameters.slice();
  const losses: number[] = [];
  for (let epoch = from; epoch < to; epoch++)
    losses.push(await of.epoch({ stream: streamOf(1, "epoch", epoch), proximal: { mu, anchor } }));
  return losses;
}

describe("a trainer", () => {
  test("learns: the loss falls, and test rows of its own training rank above chance", async () => {
    const own = await trainer();
    const losses = await epochs(own, 0, 6);
    expect(losses.at(-1)).toBeLessThan(losses[0]! - 0.02);
    const scores = await own.score(data.train);
    const { auc } = measure(
      ["auc"],
      { examples: data.train, scores, numUsers: split.numUsers },
      { ties: "pessimistic" },
    );
    expect(auc!.kind === "value" && auc!.value).toBeGreaterThan(0.65);
    await own.close();
  });

  test.each([
    { kind: "lazy-adam", learningRate: 0.01 },
    { kind: "rowwise-adagrad", learningRate: 0.05 },
    { kind: "adagrad", learningRate: 0.05 },
    { kind: "adam", learningRate: 0.01 },
  ])(
    "saved after two passes and loaded elsewhere, it continues bit for bit ($kind tables)",
    async (tables) => {
      const unbroken = await trainer({ tables });
      await epochs(unbroken, 0, 2);
      const live = unbroken.save();
      const saved = {
        ...live,
        arrays: Object.fromEntries(
          Object.entries(live.arrays).map(([name, data]) => [name, data.slice()]),
        ),
      };
      const expected = await epochs(unbroken, 2, 4);
      const resumed = await trainer({ tables });
      resumed.load(saved);
      expect(await epochs(resumed, 2, 4)).toEqual(expected);
      expect(resumed.snapshot()).toEqual(unbroken.snapshot());
      await Promise.all([unbroken.close(), resumed.close()]);
    },
  );

  test("a snapshot is a copy: training on leaves it alone, and restoring it scores as before", async () => {
    const own = await trainer();
    await epochs(own, 0, 1);
    const snapshot = own.snapshot();
    const before = await own.score(data.parts[0]!.test.examples());
    await epochs(own, 1, 2);
    expect(await own.score(data.parts[0]!.test.examples())).not.toEqual(before);
    own.restore(snapshot);
    expect(await own.score(data.parts[0]!.test.examples())).toEqual(before);
    await own.close();
  });

  test("says how gates share a task out, as they are now; of a model without gates nothing", async () => {
    const own = await trainer({}, "a", { kind: "mmoe", experts: 3, embeddingStd: 0.1 });
    const part = data.parts[0]!.test.examples();
    const fresh = (await own.gateUsage(part))!;
    await epochs(own, 0, 1);
    const trained = (await own.gateUsage(part))!;
    expect(trained).not.toEqual(fresh);
    for (const shares of [fresh, trained])
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 5);
    await own.close();
    const other = await trainer();
    expect(await other.gateUsage(part)).toBe(undefined);
    await other.close();
  });

  test("parties start from the same dense parameters and from tables of their own", async () => {
    const [a, b] = await Promise.all([trainer({}, "a"), trainer({}, "b")]);
    expect(a.parameters).toEqual(b.parameters);
    expect(a.tableRows("factors", "user")).not.toEqual(b.tableRows("factors", "user"));
    await Promise.all([a.close(), b.close()]);
  });

  test("the proximal term holds the dense parameters near the anchor", async () => {
    const distance = async (mu: number) => {
      const own = await trainer({
        optimiser: { kind: "sgd", learningRate: 0.1 },
        tables: { kind: "lazy-adam", learningRate: 0.01 },
      });
      const anchor = own.parameters.slice();
      await epochs(own, 0, 2, mu);
      await own.close();
      return Math.hypot(...own.parameters.map((value, i) => value - anchor[i]!));
    };
    expect(await distance(5)).toBeLessThan(0.5 * (await distance(0)));
  });

  test("a loss that is no number any more is an error that names the client", async () => {
    const own = await trainer({ optimiser: { kind: "sgd", learningRate: 1e30 } });
    await expect(epochs(own, 0, 3)).rejects.toThrow(
      /client "a": the (loss became|model scores) NaN|client "a": the loss became/,
    );
    await own.close();
  });
});
