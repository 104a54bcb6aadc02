import { streamOf, uniform } from "@atoll/core/random";
import { describe, expect, test } from "vitest";
import { categoricalWorld, sign } from "./categorical-world.fixture.ts";
import { fit } from "./fit.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

const embedded = { embeddingStd: 0.1 };

describe("the product of three signs, of which no pair tells anything", () => {
  /** The true probabilities are .85 and .15, with an AUC of .85. */
  const worldOf = (seed: number) =>
    categoricalWorld({
      seed,
      values: { a: 8, b: 8, c: 8 },
      numTrain: 4000,
      numTest: 2000,
      logit: (values) => Math.log(0.85 / 0.15) * values.map(sign).reduce((x, y) => x * y),
    });
  const aucOf = async (config: object, seed: number) => {
    const options = { epochs: 15, batchSize: 256, learningRate: 0.01, seed };
    return (await fit(config, worldOf(seed), options)).auc[0]!;
  };

  test.each([{ kind: "lr" }, { kind: "fm", width: 4, ...embedded }])(
    "$kind cannot express it",
    async (config) => {
      for (const seed of SEEDS) expect(await aucOf(config, seed)).toBeLessThan(0.56);
    },
  );

  const masknet = { kind: "masknet", width: 4, blocks: [16, 16], ...embedded };
  test.each([
    ["autoint", { kind: "autoint", width: 4, headWidth: 8, layers: 2, ...embedded }],
    ["fibinet", { kind: "fibinet", width: 4, hidden: [16, 8], ...embedded }],
    ["masknet, parallel", { ...masknet, hidden: [16] }],
    ["masknet, serial", { ...masknet, structure: "serial", hidden: [] }],
    ["finalmlp", { kind: "finalmlp", width: 4, first: [16, 8], second: [16, 8], ...embedded }],
  ])("%s learns it", async (_, config) => {
    for (const seed of SEEDS) expect(await aucOf(config, seed)).toBeGreaterThan(0.8);
  });
});

test.each(SEEDS)(
  "fibinet turns each pair its own way, where fm of the same width has one vector for all, seed %i",
  async (seed) => {
    // Vectors which make two of the terms inner products turn the third one the wrong way.
    const numValues = 24;
    const angle = (value: number) => (2 * Math.PI * value) / numValues;
    const world = categoricalWorld({
      seed,
      values: { a: numValues, b: numValues, c: numValues },
      numTrain: 4000,
      numTest: 2000,
      logit: (values) => {
        const [a, b, c] = values.map(angle) as [number, number, number];
        return 3 * (Math.cos(a - b) + Math.cos(b - c) + Math.cos(a + c));
      },
    });
    const options = { epochs: 15, batchSize: 256, learningRate: 0.01, seed };
    const fm = await fit({ kind: "fm", width: 2, ...embedded }, world, options);
    const config = { kind: "fibinet", width: 2, hidden: [16, 8], ...embedded };
    const fibinet = await fit(config, world, options);
    expect(fibinet.auc[0]).toBeGreaterThan(fm.auc[0]! + 0.03);
    expect(fibinet.logloss[0]).toBeLessThan(fm.logloss[0]! - 0.06);
  },
);

describe("users and items of six opposite tastes: products beat a tower that must imitate them", () => {
  const [numValues, numTastes] = [60, 6];
  const worldOf = (seed: number) => {
    const random = streamOf(seed, "tastes");
    const draw = () => {
      const taste = () => (uniform(random) < 0.5 ? -1 : 1);
      return Array.from({ length: numTastes }, taste);
    };
    const users = Array.from({ length: numValues }, draw);
    const items = Array.from({ length: numValues }, draw);
    return categoricalWorld({
      seed,
      values: { user: numValues, item: numValues },
      numTrain: 6000,
      numTest: 2000,
      logit: ([user, item]) =>
        users[user!]!.reduce((sum, taste, k) => sum + 1.5 * taste * items[item!]![k]!, 0),
    });
  };
  const meanAuc = async (config: object) => {
    let sum = 0;
    for (const seed of [1, 2, 3]) {
      const options = { epochs: 10, batchSize: 256, learningRate: 0.01, seed };
      const all = { width: 8, ...embedded, ...config };
      sum += (await fit(all, worldOf(seed), options)).auc[0]!;
    }
    return sum / 3;
  };
  const gates = { first: ["user"], second: ["item"], hidden: [16] };

  test("fibinet, masknet and finalmlp", async () => {
    const tower = await meanAuc({ kind: "widedeep", hidden: [32, 32] });
    const others = [
      { kind: "fibinet", hidden: [16] },
      { kind: "masknet", blocks: [16, 16], hidden: [16] },
      { kind: "finalmlp", first: [16], second: [16], gates },
    ];
    for (const config of others)
      expect(await meanAuc(config), config.kind).toBeGreaterThan(tower + 0.02);
  });
});
