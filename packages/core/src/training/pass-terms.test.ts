import { describe, expect, test } from "vitest";
import {
  columnsConfig,
  encode,
  splitClient,
  syntheticColumns,
  syntheticWorld,
} from "../data/index.ts";
import { implicitRules, interactions } from "../data/tables.fixture.ts";
import { buildModel, modelConfig } from "../models/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import type { PassTerms } from "./dense-update.ts";
import { createTrainer, type Trainer } from "./trainer.ts";

const world = syntheticWorld({
  kind: "synthetic",
  markets: { a: { rows: 100 } },
  sharedTaste: 1,
  worldSeed: 1,
});
const clicks = splitClient(
  world[0]!.table,
  {
    client: "a",
    columns: syntheticColumns,
    feedback: "explicit",
    split: { kind: "random", valid: 0.2, test: 0.2 },
  },
  1,
);
const chains = splitClient(
  interactions(Array.from({ length: 36 }, (_, i) => [`u${i % 6}`, `i${(i * 7) % 11}`, i])),
  {
    ...implicitRules,
    columns: columnsConfig.parse({ ...implicitRules.columns, history: { length: 4 } }),
  },
  1,
);

/** Both ways of learning: from rows, and from whole sequences. */
describe.each([
  {
    learner: "rows",
    split: clicks,
    config: { kind: "deepfm", width: 3, hidden: [6], batchNorm: true, dropout: 0.2 },
    embedding: "factors",
    feature: "user",
  },
  {
    learner: "sequences",
    split: chains,
    config: { kind: "sasrec", width: 4, layers: 1, dropout: 0.2 },
    embedding: "items",
    feature: "item",
  },
])("learning from $learner", ({ split, config, embedding, feature }) => {
  const { data } = encode([split], { minCount: 1 });
  const trainerOf = (batchSize: number, kind = "sgd"): Promise<Trainer> =>
    createTrainer({
      model: buildModel(modelConfig.parse(config), data.schema),
      data,
      config: trainingConfig.parse({ batchSize, optimiser: { kind, learningRate: 0.1 } }),
      executor: jaxExecutor({ device: "cpu" }),
      seed: 1,
      party: "a",
    });
  const pass = (trainer: Trainer, terms: PassTerms = {}, number = 0) =>
    trainer.epoch({ stream: streamOf(1, "epoch", number), ...terms });
  const wave = ({ parameters }: Trainer, phase: number) =>
    parameters.map((_, i) => Math.sin(1 + 1.3 * i + phase));

  test("a pass of one step moves by the terms as well", async () => {
    const [plain, pulled] = [await trainerOf(160), await trainerOf(160)];
    const start = plain.parameters.slice();
    const [anchor, correction] = [wave(plain, 0), wave(plain, 2)];
    const ranges = [{ offset: 3, length: plain.layout.size - 5 }];
    const losses = [
      await pass(plain),
      await pass(pulled, { proximal: { mu: 2, anchor, ranges }, correction }),
    ];
    expect(losses[0]).toBe(losses[1]);
    pulled.parameters.forEach((value, i) => {
      const pull = i >= 3 && i < start.length - 2 ? 2 * (start[i]! - anchor[i]!) : 0;
      expect(value).toBeCloseTo(plain.parameters[i]! - 0.1 * (pull + correction[i]!), 5);
    });
    expect([plain.steps, pulled.steps]).toEqual([1, 1]);
    await Promise.all([plain.close(), pulled.close()]);
  });

  test("frozen entries and tables rest, bit for bit; the rest learns, and statistics follow", async () => {
    const trainer = await trainerOf(16, "adam");
    await pass(trainer);
    const saved = () =>
      Object.fromEntries(
        Object.entries(trainer.save().arrays).map(([name, values]) => [name, values.slice()]),
      );
    const [before, steps] = [saved(), trainer.save().metadata["steps"] as Record<string, number>];
    const half = Math.floor(trainer.layout.size / 2);
    await pass(trainer, { frozen: { ranges: [{ offset: 0, length: half }], tables: true } }, 1);
    const after = saved();
    for (const name of Object.keys(after)) {
      const [was, is] = [before[name]!, after[name]!];
      if (name === "learned:state") {
        expect(is.every((value, i) => value !== was[i])).toBe(true);
      } else if (name === "learned:parameters" || name.startsWith("moment:dense")) {
        expect(is.subarray(0, half)).toEqual(was.subarray(0, half));
        expect(is.subarray(half)).not.toEqual(was.subarray(half));
      } else expect(is).toEqual(was);
    }
    const stepsAfter = trainer.save().metadata["steps"] as Record<string, number>;
    expect(stepsAfter["dense"]).toBe(2 * steps["dense"]!);
    expect({ ...stepsAfter, dense: 0 }).toEqual({ ...steps, dense: 0 });
    // The next pass is free again.
    const rows = trainer.tableRows(embedding, feature).slice();
    await pass(trainer, {}, 2);
    expect(trainer.tableRows(embedding, feature)).not.toEqual(rows);
    expect(trainer.parameters.subarray(0, half)).not.toEqual(
      after["learned:parameters"]!.subarray(0, half),
    );
    await trainer.close();
  });

  test("frozen tables alone leave the dense parameters to learn", async () => {
    const trainer = await trainerOf(16, "adam");
    const [dense, rows] = [
      trainer.parameters.slice(),
      trainer.tableRows(embedding, feature).slice(),
    ];
    await pass(trainer, { frozen: { ranges: [], tables: true } });
    expect(trainer.parameters).not.toEqual(dense);
    expect(trainer.tableRows(embedding, feature)).toEqual(rows);
    await trainer.close();
  });

  test("without terms, and with terms that add nothing, passes are the same bit for bit", async () => {
    const [plain, idle] = [await trainerOf(16, "adam"), await trainerOf(16, "adam")];
    for (let number = 0; number < 2; number++) {
      const terms = {
        proximal: { mu: 0, anchor: wave(idle, 0) },
        correction: new Float32Array(idle.layout.size),
        frozen: { ranges: [], tables: false },
      };
      expect(await pass(idle, terms, number)).toBe(await pass(plain, {}, number));
    }
    expect(idle.save()).toEqual(plain.save());
    await Promise.all([plain.close(), idle.close()]);
  });

  test("steps are those of the optimiser, and go on where training was saved", async () => {
    const [trainer, resumed] = [await trainerOf(16), await trainerOf(16)];
    expect(trainer.steps).toBe(0);
    await pass(trainer);
    const ofPass = trainer.steps;
    expect(ofPass).toBeGreaterThan(1);
    await pass(trainer, {}, 1);
    expect(trainer.steps).toBe(2 * ofPass);
    resumed.load(trainer.save());
    expect(resumed.steps).toBe(2 * ofPass);
    await Promise.all([trainer.close(), resumed.close()]);
  });
});
