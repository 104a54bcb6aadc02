import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { kMeans } from "./k-means.ts";
import { mixture, purity } from "./mixture.fixture.ts";
import { nearestRow } from "./vectors.ts";

const world = mixture(1, { n: 400, inputs: 5, clusters: 8 });
const options = { width: 5, clusters: 8, iterations: 100 };

test("well separated clusters are found, their means are the centres", async () => {
  const found = await kMeans(world.vectors, { ...options, random: streamOf(2) });
  expect(purity(found.cluster, world.cluster)).toBe(1);
  expect(found.sizes.reduce((sum, size) => sum + size, 0)).toBe(400);
  for (let c = 0; c < 8; c++)
    for (let k = 0; k < 5; k++) {
      const own = [...found.cluster.keys()].filter((i) => found.cluster[i] === c);
      const mean = own.reduce((sum, i) => sum + world.vectors[i * 5 + k]!, 0) / own.length;
      expect(found.centres[c * 5 + k]).toBeCloseTo(mean, 4);
    }
  for (let i = 0; i < 400; i++)
    expect(found.cluster[i]).toBe(nearestRow(world.vectors, i, found.centres, 5));
});

test("more clusters than different vectors: every vector has a centre of its own value", async () => {
  const vectors = Float32Array.of(1, 1, 1, 5, 5, 9);
  const found = await kMeans(vectors, {
    width: 1,
    clusters: 5,
    iterations: 20,
    random: streamOf(3),
  });
  vectors.forEach((value, i) => expect(found.centres[found.cluster[i]!]).toBe(value));
});

test("the same stream gives the same centres; an aborted signal stops", async () => {
  const run = () => kMeans(world.vectors, { ...options, random: streamOf(4) });
  expect((await run()).centres).toEqual((await run()).centres);
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(kMeans(world.vectors, { ...options, random: streamOf(4), signal })).rejects.toThrow(
    "stopped",
  );
});

test("a vector with weight 3 counts as three equal ones", async () => {
  const vectors = Float32Array.of(0, 1, 10, 14);
  const found = await kMeans(vectors, {
    width: 1,
    clusters: 2,
    iterations: 20,
    weights: [3, 1, 1, 3],
    random: streamOf(5),
  });
  expect([...found.centres].sort((a, b) => a - b)).toEqual([0.25, 13]);
  expect([...found.sizes]).toEqual([4, 4]);
  const weighted = await kMeans(world.vectors, {
    ...options,
    weights: world.cluster.map((c) => 1 + c),
    random: streamOf(2),
  });
  expect(purity(weighted.cluster, world.cluster)).toBe(1);
  for (let c = 0; c < 8; c++) {
    const own = [...weighted.cluster.keys()].filter((i) => weighted.cluster[i] === c);
    const mass = own.reduce((sum, i) => sum + 1 + world.cluster[i]!, 0);
    expect(weighted.sizes[c]).toBe(mass);
  }
});

test("one vector, two centres", async () => {
  const vectors = Float32Array.of(3, 4);
  const one = { width: 2, clusters: 2, iterations: 5, random: streamOf(6) };
  const found = await kMeans(vectors, one);
  expect([...found.centres]).toEqual([3, 4, 3, 4]);
  expect([...found.sizes]).toEqual([1, 0]);
});
