import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import type { PrivateTraining } from "../private-training.ts";
import type { Trainer } from "../trainer.ts";
import { poissonUnits } from "./sampling.ts";
import { secretBits } from "./secret-bits.ts";
import { plainPrivacy, richSchema, toySecrets, trainerOf, world } from "./worlds.fixture.ts";

const data = world({ schema: richSchema, numRows: 24 });
const fm = { kind: "fm", width: 2, embeddingStd: 0.3 };
const deepfm = { kind: "deepfm", width: 3, hidden: [5, 4], embeddingStd: 0.3 };
const noisy: PrivateTraining = { ...plainPrivacy, noiseMultiplier: 0.8, sampling: "poisson" };
const adaptive: PrivateTraining = {
  ...noisy,
  clip: { kind: "quantile", quantile: 0.5, initial: 0.1, learningRate: 0.2, countNoise: 1 },
};

const pass = (trainer: Trainer, number: number, secrets = number) =>
  trainer.epoch({ stream: streamOf(7, number), secrets: toySecrets(secrets) });

describe("without noise, and with a bound that clips nothing", () => {
  test.each([{ kind: "lr" }, deepfm])(
    "a shuffled pass of examples is an ordinary pass ($kind)",
    async (model) => {
      const ordinary = await trainerOf({ model, data });
      const clip = { kind: "fixed", norm: 1e30 } as const;
      const trained = await trainerOf({ model, data, privacy: { ...plainPrivacy, clip } });
      for (const number of [1, 2]) {
        const loss = await ordinary.epoch({ stream: streamOf(7, number) });
        expect(await pass(trained, number)).toBeCloseTo(loss, 5);
      }
      const numbers = trained.snapshot();
      for (const [name, expected] of Object.entries(ordinary.snapshot())) {
        const scale = Math.max(0, ...expected.map(Math.abs));
        expected.forEach((value, i) =>
          expect(Math.abs(numbers[name]![i]! - value)).toBeLessThanOrEqual(1e-5 * scale),
        );
      }
    },
  );

  test("a bound of Infinity trains as if nothing were protected, bit for bit, and promises nothing", async () => {
    const clip = { kind: "fixed", norm: Infinity } as const;
    const [ordinary, idle] = [
      await trainerOf({ model: deepfm, data }),
      await trainerOf({ model: deepfm, data, privacy: { ...noisy, noiseMultiplier: 0, clip } }),
    ];
    for (const trainer of [ordinary, idle]) await pass(trainer, 1);
    expect(idle.snapshot()).toEqual(ordinary.snapshot());
    expect(ordinary.cost).toBeUndefined();
    expect(idle.cost?.mechanism).toMatchObject({ noiseMultiplier: 0, samplingRate: 1 });
  });
});

describe("noise and sampling come from the secrets", () => {
  test.each([noisy, adaptive])(
    "the same secrets give the same numbers ($clip.kind)",
    async (privacy) => {
      const trained = async (secrets: number) => {
        const trainer = await trainerOf({ model: fm, data, privacy });
        await pass(trainer, 1, secrets);
        return trainer.snapshot();
      };
      const [first, again, others] = [await trained(1), await trained(1), await trained(2)];
      expect(again).toEqual(first);
      expect(others).not.toEqual(first);
    },
  );

  test("Poisson sampling does not depend on the stream, which everybody knows", async () => {
    const trained = async (seed: number) => {
      const trainer = await trainerOf({ model: fm, data, privacy: noisy });
      await trainer.epoch({ stream: streamOf(seed), secrets: toySecrets(1) });
      return trainer.snapshot();
    };
    expect(await trained(1)).toEqual(await trained(2));
  });

  test("a pass without secrets is refused", async () => {
    const trainer = await trainerOf({ data, privacy: noisy });
    await expect(trainer.epoch({ stream: streamOf(1) })).rejects.toThrow("needs secrets");
  });
});

test("a Poisson step is by the units that the secret sampling takes, over the expected number", async () => {
  const sgd = { kind: "sgd", learningRate: 0.5 };
  const poisson: PrivateTraining = { ...plainPrivacy, sampling: "poisson" };
  const trainer = await trainerOf({
    model: fm,
    data,
    training: { batchSize: 8, optimiser: sgd, tables: sgd },
    privacy: poisson,
  });
  const before = trainer.snapshot();
  const stop = new AbortController();
  const first = trainer.epoch({
    stream: streamOf(1),
    secrets: toySecrets(5),
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(first).rejects.toThrow("abort");

  const bits = secretBits(toySecrets(5)("sampling"));
  const into = new Int32Array(24);
  const count = poissonUnits(bits, { numUnits: 24, samplingRate: 1 / 3 })(0, into);
  expect(count).toBeGreaterThan(0);
  const at = into.slice(0, count);
  const { label, user } = data.train;
  const train = {
    ...data.train,
    numRows: count,
    at,
    label: Float32Array.from(at, (row) => label[row]!),
    user: Int32Array.from(at, (row) => user[row]!),
  };
  const alone = await trainerOf({
    model: fm,
    data: { ...data, train },
    training: { batchSize: count, optimiser: sgd, tables: sgd },
    privacy: poisson,
  });
  await pass(alone, 1);
  const [after, sampled] = [trainer.snapshot(), alone.snapshot()];
  for (const [name, start] of Object.entries(before))
    start.forEach((value, i) => {
      const moved = (after[name]![i]! - value) * 8;
      expect(Math.abs(moved - (sampled[name]![i]! - value) * count)).toBeLessThan(5e-6);
    });
  expect(after["table:factors"]).not.toEqual(before["table:factors"]);
});

test("every row of every table moves but padding, which stays 0", async () => {
  const trainer = await trainerOf({ model: fm, data, privacy: noisy });
  const before = trainer.snapshot();
  await pass(trainer, 1);
  for (const embedding of ["wide", "factors"])
    for (const feature of ["user", "item", "tags"]) {
      const rows = trainer.tableRows(embedding, feature);
      const width = embedding === "wide" ? 1 : 2;
      expect([...rows.subarray(0, width)]).toEqual(Array.from({ length: width }, () => 0));
      expect(rows.subarray(width).every((value) => value !== 0)).toBe(true);
    }
  const after = trainer.snapshot();
  for (const [name, values] of Object.entries(after)) {
    const moved = values.filter((value, i) => value !== before[name]![i]).length;
    const padding = name === "table:wide" ? 3 : name === "table:factors" ? 6 : 0;
    expect(moved, name).toBe(values.length - padding);
  }
});

test("a step that takes nobody still adds noise, and the optimisers step", async () => {
  // Of 40 steps of rate 1/40, a third are empty.
  const many = world({ numRows: 40 });
  const training = { batchSize: 1, optimiser: { kind: "adam", learningRate: 0.01 } };
  const trainer = await trainerOf({ data: many, training, privacy: noisy });
  const shares: number[] = [];
  await trainer.epoch({
    stream: streamOf(1),
    secrets: toySecrets(1),
    onProgress: (share) => shares.push(share),
  });
  expect(trainer.steps).toBe(40);
  expect(shares).toHaveLength(40);
  expect(shares.at(-1)).toBe(1);
  // All steps empty: the noise alone, -rate z C / batch units of a normal draw, under SGD.
  const sgd = { kind: "sgd", learningRate: 1 };
  const idle = await trainerOf({
    data: { ...many, train: { ...many.train, weight: new Float32Array(40) } },
    training: { batchSize: 4, optimiser: sgd, tables: sgd },
    privacy: { ...noisy, noiseMultiplier: 2, clip: { kind: "fixed", norm: 3 } },
  });
  await pass(idle, 1);
  const values = idle.snapshot()["table:wide"]!.filter((value) => value !== 0);
  const deviation = (Math.sqrt(10) * 2 * 3) / 4;
  const mean = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(mean / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
});

describe("training goes on from what was saved, bit for bit", () => {
  test.each([
    { name: "dropout", model: { ...deepfm, dropout: 0.5 }, privacy: noisy },
    { name: "a bound that moves", model: { kind: "lr" }, privacy: adaptive },
  ])("$name", async ({ model, privacy }) => {
    const training = { batchSize: 8, optimiser: { kind: "adam", learningRate: 0.05 } };
    const parts = { model, data, privacy, training };
    const whole = await trainerOf(parts);
    for (const number of [1, 2, 3]) await pass(whole, number);
    const first = await trainerOf(parts);
    await pass(first, 1);
    const { arrays, metadata } = structuredClone(first.save());
    const second = await trainerOf(parts);
    second.load({ arrays, metadata });
    for (const number of [2, 3]) await pass(second, number);
    expect(second.snapshot()).toEqual(whole.snapshot());
    expect(structuredClone(second.save())).toEqual(structuredClone(whole.save()));
  });
});

test("tables rest where a pass freezes them, and so do frozen ranges of dense parameters", async () => {
  const trainer = await trainerOf({ model: fm, data, privacy: noisy });
  const before = trainer.snapshot();
  await trainer.epoch({
    stream: streamOf(1),
    secrets: toySecrets(1),
    frozen: { ranges: [{ offset: 0, length: 2 }], tables: true },
  });
  const after = trainer.snapshot();
  expect(after["table:factors"]).toEqual(before["table:factors"]);
  expect(after["parameters"]!.subarray(0, 2)).toEqual(before["parameters"]!.subarray(0, 2));
  expect(after["parameters"]!.subarray(2)).not.toEqual(before["parameters"]!.subarray(2));
});

test("a proximal term pulls towards its anchor beside the noisy gradient", async () => {
  const sgd = { kind: "sgd", learningRate: 0.1 };
  const training = { batchSize: 24, optimiser: sgd, tables: sgd };
  const moved = async (mu: number) => {
    const trainer = await trainerOf({ data, training, privacy: noisy });
    const anchor = new Float32Array(trainer.layout.size).fill(2);
    const proximal = { mu, anchor };
    await trainer.epoch({ stream: streamOf(1), secrets: toySecrets(1), proximal });
    return trainer.parameters;
  };
  const [without, pulled] = [await moved(0), await moved(0.5)];
  // The parameters of lr start at 0: -0.1 * 0.5 * (0 - 2).
  pulled.forEach((value, i) => expect(value - without[i]!).toBeCloseTo(0.1, 6));
});

test("gradients that are no numbers stop training before anything moves", async () => {
  const { train } = data;
  const numeric = train.rows.numeric.slice();
  numeric[7] = 1e25;
  const broken = { ...data, train: { ...train, rows: { ...train.rows, numeric } } };
  const training = { batchSize: 24, optimiser: { kind: "sgd", learningRate: 0.1 } };
  const trainer = await trainerOf({
    model: { kind: "lr" },
    data: broken,
    training,
    privacy: { ...plainPrivacy, noiseMultiplier: 1 },
  });
  const before = trainer.snapshot();
  await expect(pass(trainer, 1)).rejects.toMatchObject({ code: "TRAINING_DIVERGED" });
  expect(trainer.snapshot()).toEqual(before);
});

test("a pass can be stopped between runs", async () => {
  const trainer = await trainerOf({ data, privacy: noisy });
  const stop = new AbortController();
  const running = trainer.epoch({
    stream: streamOf(1),
    secrets: toySecrets(1),
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(running).rejects.toThrow("abort");
  expect(trainer.steps).toBe(1);
});

test("a step of more units than a run holds is one step: that of ordinary training", async () => {
  // 4100 examples are three runs of 1367, of which the last one is not full.
  const large = world({ numRows: 4100 });
  const sgd = { kind: "sgd", learningRate: 0.5 };
  const parts = { data: large, training: { batchSize: 4100, optimiser: sgd, tables: sgd } };
  const clip = { kind: "fixed", norm: 1e30 } as const;
  const [ordinary, trained] = [
    await trainerOf(parts),
    await trainerOf({ ...parts, privacy: { ...plainPrivacy, clip } }),
  ];
  for (const trainer of [ordinary, trained]) await pass(trainer, 1);
  expect(trained.steps).toBe(1);
  const numbers = trained.snapshot();
  for (const [name, expected] of Object.entries(ordinary.snapshot()))
    expected.forEach((value, i) => expect(Math.abs(numbers[name]![i]! - value)).toBeLessThan(1e-7));
});
