import { describe, expect, test } from "vitest";
import { fit, type FitOptions, type World } from "./fit.fixture.ts";
import {
  lastDecides,
  lastItemsOnly,
  orderDecides,
  tenStepsBackDecides,
} from "./sequence-worlds.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

const small = { width: 16, embeddingStd: 0.1 };
const attending = { ...small, layers: 1, dropout: 0 };
const popularity = { kind: "lr" };
const pooling = { kind: "deepfm", hidden: [32], ...small };
const recurrent = { kind: "gru4rec", ...small };
const causal = { kind: "sasrec", ...attending };
const sequential = [recurrent, causal, { kind: "bert4rec", ...attending }];

/** The area under a model's curve in a world, where every model is trained alike. */
type AucOf = (config: { readonly kind: string }, world: World) => Promise<number>;

function trained(options: Pick<FitOptions, "epochs" | "learningRate">): AucOf {
  return async (config, world) => {
    const { auc } = await fit(config, world, { ...options, batchSize: 100, seed: 1 });
    return auc[0]!;
  };
}

describe.each(SEEDS)("the last item decides, seed %i", (seed) => {
  const world = lastDecides({ seed, numTrain: 2000, numTest: 600 });
  const aucOf = trained({ epochs: 6, learningRate: 0.008 });

  test.each([popularity, pooling])("$kind knows nothing", async (config) => {
    expect(await aucOf(config, world)).toBeLessThan(0.58);
  });

  test("the last item is enough", async () => {
    expect(await aucOf(causal, lastItemsOnly(world, 1))).toBeGreaterThan(0.95);
  });

  test.each(sequential)("$kind finds it", async (config) => {
    expect(await aucOf(config, world)).toBeGreaterThan(0.95);
  });
});

describe.each(SEEDS)("the last two items decide, in their order, seed %i", (seed) => {
  const world = orderDecides({ seed, numTrain: 3000, numTest: 600 });
  const aucOf = trained({ epochs: 6, learningRate: 0.006 });

  test("the set of items, or the last alone, knows nothing", async () => {
    expect(await aucOf(pooling, world)).toBeLessThan(0.58);
    expect(await aucOf(causal, lastItemsOnly(world, 1))).toBeLessThan(0.58);
  });

  test.each(sequential)("$kind finds them", async (config) => {
    expect(await aucOf(config, world)).toBeGreaterThan(0.95);
  });
});

describe.each(SEEDS)("an item ten steps back decides, seed %i", (seed) => {
  const world = tenStepsBackDecides({ seed, numTrain: 2000, numTest: 600 });
  const aucOf = trained({ epochs: 5, learningRate: 0.015 });

  test("the last item, and the last nine, know nothing; the set knows less", async () => {
    expect(await aucOf(causal, lastItemsOnly(world, 1))).toBeLessThan(0.58);
    expect(await aucOf(recurrent, lastItemsOnly(world, 9))).toBeLessThan(0.58);
    expect(await aucOf(pooling, world)).toBeLessThan(0.93);
  });

  test.each(sequential)("$kind finds it", async (config) => {
    expect(await aucOf(config, world)).toBeGreaterThan(0.95);
  });
});
