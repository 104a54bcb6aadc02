import { describe, expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { rqVaeConfig } from "./config.ts";
import { mixture, purity } from "./mixture.fixture.ts";
import { createRqVae } from "./rq-vae.ts";

const world = mixture(3, { n: 240, inputs: 6, clusters: 8 });
const { inputs, vectors, cluster } = world;

const small = {
  hidden: [],
  width: 6,
  levels: 2,
  codes: 12,
  batchSize: 48,
  epochs: 20,
  checkEvery: 20,
  warmUpSteps: 0,
  clipNorm: null,
  keep: "last",
  optimiser: { kind: "adam", learningRate: 0.02 },
  lastLevel: { kind: "nearest" },
};

async function trained(settings: object, seed = 2) {
  const config = rqVaeConfig.parse({ ...small, ...settings });
  const options = { config, inputs, executor: jaxExecutor(), random: streamOf(seed, "weights") };
  const rqVae = await createRqVae(options);
  const losses: number[] = [];
  await rqVae.fit(vectors, {
    random: streamOf(seed, "fit"),
    onEpoch: ({ loss }) => losses.push(loss),
  });
  return { rqVae, losses, metrics: await rqVae.metrics(vectors) };
}

const firstOf = (codes: Int32Array) => codes.filter((_, at) => at % 2 === 0);

describe.each(["gradient", "ema"])("codebooks by %s", (kind) => {
  const update = { kind };
  const random = { update, initialisation: { kind: "uniform" } };
  const purityOf = async (codes: Promise<Int32Array>) => purity(firstOf(await codes), cluster);

  test("started by k-means, the first codes tell the clusters apart, and the loss falls", async () => {
    const { rqVae, losses, metrics } = await trained({ update, restartBelow: 0 });
    expect(await purityOf(rqVae.encode(vectors))).toBeGreaterThan(0.98);
    // Eight clusters, about even: twelve codes by k-means waste some, but no cluster goes without.
    expect(metrics.perplexity[0]).toBeGreaterThan(7.5);
    expect(losses.at(-1)).toBeLessThan(0.2 * losses[0]!);
    await rqVae.close();
  });

  test("started at random, codes die and clusters share them", async () => {
    const { rqVae, metrics } = await trained({ ...random, restartBelow: 0 });
    expect(await purityOf(rqVae.encode(vectors))).toBeLessThan(0.8);
    expect(metrics.usage[0]).toBeLessThanOrEqual(0.5);
    await rqVae.close();
  });

  test("restarts bring dead codes back", async () => {
    const { rqVae, metrics } = await trained({ ...random, restartBelow: 0.5 });
    expect(await purityOf(rqVae.encode(vectors))).toBeGreaterThan(0.98);
    expect(metrics.usage[0]).toBeGreaterThan(0.8);
    await rqVae.close();
  });
});

test("codes do not depend on the order or the company of rows; unique tuples are unique", async () => {
  const { rqVae } = await trained({ epochs: 1 });
  const codes = await rqVae.encode(vectors);
  const backwards = new Float32Array(vectors.length);
  for (let i = 0; i < 240; i++)
    backwards.set(vectors.subarray(i * inputs, (i + 1) * inputs), (239 - i) * inputs);
  const turned = await rqVae.encode(backwards);
  for (let i = 0; i < 240; i++)
    expect(turned.subarray((239 - i) * 2, (240 - i) * 2)).toEqual(codes.subarray(i * 2, i * 2 + 2));
  const one = await rqVae.encode(vectors.subarray(0, inputs));
  expect(one).toEqual(codes.subarray(0, 2));
  const unique = await rqVae.encodeUnique(vectors);
  const tuples = Array.from({ length: 240 }, (_, i) => unique.subarray(i * 3, i * 3 + 3).join(","));
  expect(new Set(tuples).size).toBe(240);
  await rqVae.close();
});

test("what decode makes of codes is what metrics reconstruct", async () => {
  const { rqVae, metrics } = await trained({ epochs: 1 });
  const restored = await rqVae.decode(await rqVae.encode(vectors));
  let error = 0;
  restored.forEach((value, at) => (error += (value - vectors[at]!) ** 2 / vectors.length));
  expect(error).toBeCloseTo(metrics.reconstruction, 5);
  await rqVae.close();
});

test("codebooks written between steps are what codes are read from", async () => {
  const { rqVae } = await trained({ epochs: 1 });
  const [first] = rqVae.codebooks;
  const before = firstOf(await rqVae.encode(vectors));
  // The first two codes change places.
  const { rows } = first!;
  const held = rows.slice(0, 6);
  rows.copyWithin(0, 6, 12);
  rows.set(held, 6);
  const swapped = firstOf(await rqVae.encode(vectors));
  expect([...swapped]).toEqual([...before].map((code) => (code < 2 ? 1 - code : code)));
  await rqVae.close();
});

test("arrays and steps restored, training goes on to the same numbers", async () => {
  const { rqVae } = await trained({ epochs: 1 });
  const kept = Object.entries(rqVae.arrays).map(([name, array]) => [name, array.slice()] as const);
  const steps = rqVae.steps;
  const batch = vectors.subarray(0, 48 * inputs);
  const onwards = async () => {
    const { loss } = await rqVae.step(batch, streamOf(9));
    await rqVae.step(batch, streamOf(10));
    return { loss, parameters: rqVae.parameters.slice() };
  };
  const once = await onwards();
  for (const [name, array] of kept) rqVae.arrays[name]!.set(array);
  rqVae.steps = steps;
  expect(await onwards()).toEqual(once);
  await rqVae.close();
});

test("fewer vectors than codes cannot start clusters", async () => {
  const config = rqVaeConfig.parse({ ...small, codes: 32 });
  const rqVae = await createRqVae({
    config,
    inputs,
    executor: jaxExecutor(),
    random: streamOf(1),
  });
  await expect(
    rqVae.fit(vectors.subarray(0, 20 * inputs), { random: streamOf(2) }),
  ).rejects.toThrow("20 vectors cannot start codebooks of 32 codes by k-means");
  await rqVae.close();
});

test("levels may have codes of different number; metrics count each by its own", async () => {
  const { rqVae, metrics } = await trained({ codes: [12, 5], epochs: 2 });
  expect(rqVae.codebooks.map(({ rows }) => rows.length / 6)).toEqual([12, 5]);
  const codes = await rqVae.encode(vectors);
  const second = new Set(codes.filter((_, at) => at % 2 === 1));
  expect(Math.max(...second)).toBeLessThan(5);
  expect(metrics.usage[1]).toBeCloseTo(second.size / 5, 12);
  expect(metrics.perplexity[1]).toBeLessThanOrEqual(5);
  await rqVae.close();
  await expect(trained({ codes: [12, 5, 4] })).rejects.toThrow("codes for 3 levels");
});

test.each(["gradient", "ema"])(
  "fixed codes stay as they are by %s, and the others learn",
  async (kind) => {
    const settings = {
      update: { kind },
      optimiser: { kind: "adamw", learningRate: 0.02, weightDecay: 0.1 },
    };
    const { rqVae } = await trained({ ...settings, epochs: 1 });
    const [first, second] = rqVae.codebooks;
    first!.isFixed = true;
    const before = [first!.rows.slice(), second!.rows.slice(), rqVae.network.slice()];
    const batch = vectors.subarray(0, 48 * inputs);
    // Weight decay and the optimiser's memory of earlier steps notwithstanding.
    for (let step = 0; step < 5; step++) await rqVae.step(batch, streamOf(step));
    expect(first!.rows).toEqual(before[0]);
    expect(second!.rows).not.toEqual(before[1]);
    expect(rqVae.network).not.toEqual(before[2]);
    await rqVae.close();
  },
);
