import { shuffle, streamOf, uniform, uniformBelow } from "@atoll/core/random";
import { describe, expect, test } from "vitest";
import { categoricalWorld, sign } from "./categorical-world.fixture.ts";
import { fit, type World } from "./fit.fixture.ts";
import { SEEDS } from "./seeds.fixture.ts";

function shuffled(seed: number, name: string, count: number): Int32Array {
  const items = Int32Array.from({ length: count }, (_, i) => i);
  shuffle(streamOf(seed, name), items);
  return items;
}

/** The AUC of each model, all trained alike. */
async function aucs<Name extends string>(
  world: World,
  options: { readonly epochs: number; readonly learningRate: number; readonly seed: number },
  configs: Readonly<Record<Name, unknown>>,
): Promise<Record<Name, number>> {
  const fitted: Partial<Record<Name, number>> = {};
  for (const name in configs)
    fitted[name] = (await fit(configs[name], world, { batchSize: 256, ...options })).auc[0]!;
  return fitted as Record<Name, number>;
}

/**
 * Six features, every two of which interact by signs that their values have for one another only: the sign
 * that a value shows one feature tells nothing about the sign that it shows another.
 */
function fieldAwareWorld(seed: number): World {
  const names = ["a", "b", "c", "d", "e", "f"];
  const numValues = 12;
  const shown = names.map((from) => names.map((to) => shuffled(seed, `${from}${to}`, numValues)));
  const signOf = (f: number, g: number, values: readonly number[]) =>
    sign(shown[f]![g]![values[f]!]!);
  return categoricalWorld({
    seed,
    values: Object.fromEntries(names.map((name) => [name, numValues])),
    numTrain: 8000,
    numTest: 3000,
    logit: (values) => {
      let logit = 0;
      for (let f = 0; f < names.length; f++)
        for (let g = f + 1; g < names.length; g++)
          logit += 0.8 * signOf(f, g, values) * signOf(g, f, values);
      return logit;
    },
  });
}

test.each(SEEDS)("ffm beats fm of equal tables where partners matter, seed %i", async (seed) => {
  const options = { epochs: 15, learningRate: 0.01, seed };
  const { fm, ffm } = await aucs(fieldAwareWorld(seed), options, {
    fm: { kind: "fm", width: 6, embeddingStd: 0.1 },
    ffm: { kind: "ffm", width: 1, embeddingStd: 0.1 },
  });
  expect(ffm).toBeGreaterThan(0.89);
  expect(fm).toBeLessThan(0.84);
});

describe.each(SEEDS)("the product of three signs decides, seed %i", (seed) => {
  // No single feature and no pair of them tells anything. The true probabilities have an AUC of .88.
  const world = categoricalWorld({
    seed,
    values: { a: 10, b: 10, c: 10 },
    numTrain: 6000,
    numTest: 3000,
    logit: ([a, b, c]) => 2 * sign(a!) * sign(b!) * sign(c!),
  });
  const options = { epochs: 20, learningRate: 0.01, seed };
  const common = { width: 4, embeddingStd: 0.3 };
  const small = { ...common, hidden: [2] };

  test("dcn, dcnv2 and xdeepfm beat fm, and a tower as small as theirs", async () => {
    const { fm, tower, ...crosses } = await aucs(world, options, {
      fm: { kind: "fm", ...common },
      tower: { kind: "widedeep", ...small },
      dcn: { kind: "dcn", crossLayers: 2, ...small },
      dcnv2: { kind: "dcnv2", crossLayers: 2, ...small },
      xdeepfm: { kind: "xdeepfm", cin: [8, 8], ...small },
    });
    expect(fm).toBeLessThan(0.55);
    expect(tower).toBeLessThan(0.75);
    for (const [kind, auc] of Object.entries(crosses)) expect(auc, kind).toBeGreaterThan(0.86);
  });
});

/** Users like items by an inner product, and in every second mood what they otherwise do not. */
function moodWorld(seed: number): World {
  const [numIds, width] = [40, 4];
  const vectors = (name: string) => {
    const random = streamOf(seed, name);
    const vector = () => Array.from({ length: width }, () => sign(uniformBelow(random, 2)));
    return Array.from({ length: numIds }, vector);
  };
  const [users, items] = [vectors("users"), vectors("items")];
  return categoricalWorld({
    seed,
    values: { user: numIds, item: numIds, mood: 10 },
    numTrain: 8000,
    numTest: 3000,
    logit: ([user, item, mood]) => {
      const liking = users[user!]!.reduce((sum, x, k) => sum + x * items[item!]![k]!, 0);
      return 1.5 * sign(mood!) * liking;
    },
  });
}

test.each(SEEDS)("pnn beats fm and a tower where a product is turned, seed %i", async (seed) => {
  const options = { epochs: 25, learningRate: 0.01, seed };
  const common = { width: 8, embeddingStd: 0.3 };
  const { fm, tower, inner, outer } = await aucs(moodWorld(seed), options, {
    fm: { kind: "fm", ...common },
    tower: { kind: "widedeep", hidden: [16], ...common },
    inner: { kind: "pnn", hidden: [16], ...common },
    outer: { kind: "pnn", product: "outer", hidden: [16], ...common },
  });
  expect(fm).toBeLessThan(0.6);
  expect(outer).toBeGreaterThan(0.8);
  expect(inner).toBeGreaterThan(0.87);
  expect(inner).toBeGreaterThan(tower + 0.03);
});

/**
 * Users and items are of two kinds, and like kinds like each other; but a third of the pairs are
 * exceptions. The pairs are a crossed feature.
 */
function exceptionsWorld(seed: number): World {
  const numIds = 40;
  const numPairs = numIds * numIds;
  const rank = shuffled(seed, "exceptions", numPairs);
  return categoricalWorld({
    seed,
    values: { user: numIds, item: numIds, pair: numPairs },
    numTrain: 8000,
    numTest: 4000,
    draw: (random) => {
      const popular = () => Math.floor(numIds * uniform(random) ** 2);
      const [user, item] = [popular(), popular()];
      return [user, item, user * numIds + item];
    },
    logit: ([user, item, pair]) =>
      3 * sign(user!) * sign(item!) * (rank[pair!]! < numPairs / 3 ? -1 : 1),
  });
}

test.each(SEEDS)("widedeep knows the exceptions that a tower smooths, seed %i", async (seed) => {
  const options = { epochs: 15, learningRate: 0.03, seed };
  const deep = { width: 4, hidden: [8], embeddingStd: 0.1 };
  const { tower, widedeep } = await aucs(exceptionsWorld(seed), options, {
    tower: { kind: "mlp", ...deep },
    widedeep: { kind: "widedeep", ...deep },
  });
  expect(widedeep).toBeGreaterThan(0.93);
  expect(tower).toBeLessThan(0.89);
});
