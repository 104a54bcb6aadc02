import fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import fixtures from "./__fixtures__/collaborative.json" with { type: "json" };
import { factorRecommender } from "./factors.ts";
import { createSvd, fitSvd, svdConfig } from "./svd.ts";
import { anyPositives, hitRate, popularity, positivesOf, tasteWorld } from "./worlds.fixture.ts";

const reference = fixtures.svd;
const positives = positivesOf(fixtures.numItems, fixtures.positives);

const fit = (world = positives, own: object = {}, seed = 1) =>
  fitSvd(world, svdConfig.parse({ kind: "svd", width: reference.width, ...own }), streamOf(seed));

test("users and items are those of NumPy, from whatever start", async () => {
  for (const seed of [1, 2, 3]) {
    const { users, items } = await fit(positives, {}, seed);
    reference.items.flat().forEach((value, at) => expect(items[at]).toBeCloseTo(value, 5));
    // The last user has no positive: it is served the mean user.
    const seen = reference.users.slice(0, -1);
    seen.flat().forEach((value, at) => expect(users[at]).toBeCloseTo(value, 5));
    const mean = seen[0]!.map((_, k) => seen.reduce((sum, row) => sum + row[k]!, 0) / seen.length);
    mean.forEach((value, k) =>
      expect(users[seen.length * reference.width + k]).toBeCloseTo(value, 5),
    );
  }
});

test("a narrow subspace nears the largest singular values pass by pass", async () => {
  const { train } = tasteWorld(1);
  const wide = await fit(train, { width: 80, oversampling: 0 });
  // |v_k|^2 of V S^{1/2} is the singular value.
  const valuesOf = ({ items, width }: typeof wide) =>
    Array.from({ length: width }, (_, k) =>
      items.reduce((sum, value, at) => sum + (at % width === k ? value ** 2 : 0), 0),
    );
  const exact = valuesOf(wide).slice(0, 4);
  expect(exact[0]).toBeCloseTo(1, 6);
  const errors: number[] = [];
  for (const epochs of [1, 4, 30]) {
    const got = valuesOf(await fit(train, { width: 4, oversampling: 4, epochs }));
    errors.push(Math.max(...exact.map((value, k) => Math.abs(value - got[k]!))));
  }
  expect(errors[1]).toBeLessThan(errors[0]! / 2);
  expect(errors[2]).toBeLessThan(1e-4);
});

test("the loss is the share of the matrix outside of the subspace, and falls", async () => {
  const { train } = tasteWorld(2);
  const trainer = createSvd(train, svdConfig.parse({ kind: "svd", width: 4 }), streamOf(1));
  const losses: number[] = [];
  for (let pass = 0; pass < 5; pass++) losses.push(await trainer.epoch(streamOf(0)));
  expect(losses[0]).toBeLessThan(1);
  for (let pass = 1; pass < 5; pass++)
    expect(losses[pass]).toBeLessThanOrEqual(losses[pass - 1]! + 1e-6);
  expect(losses[4]).toBeGreaterThan(0.2);
  expect(trainer.steps).toBe(5);
});

test("any small world, of any rank, gives finite vectors whose product is the best of its rank", async () => {
  await fc.assert(
    fc.asyncProperty(anyPositives, async (world) => {
      const { users, items, width } = await fit(world, { width: 9, epochs: 4 });
      for (const value of [...users, ...items]) expect(Number.isFinite(value)).toBe(true);
      // With a width beyond the rank, nothing is lost: the products are the matrix.
      const degree = new Int32Array(world.numItems);
      for (const item of world.items) degree[item]! += 1;
      for (let u = 0; u < world.numUsers; u++) {
        const own = [...world.items.subarray(world.offsets[u], world.offsets[u + 1])];
        if (own.length === 0) continue;
        for (let i = 0; i < world.numItems; i++) {
          let got = 0;
          for (let k = 0; k < width; k++) got += users[u * width + k]! * items[i * width + k]!;
          const expected = own.includes(i) ? 1 / Math.sqrt(own.length * degree[i]!) : 0;
          expect(Math.abs(got - expected)).toBeLessThan(1e-5);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("where tastes are of low rank, it beats popularity", async () => {
  const world = tasteWorld(1);
  const found = hitRate(world, factorRecommender(await fit(world.train, { width: 8 })), 10);
  expect(found).toBeGreaterThan(2 * hitRate(world, popularity(world), 10));
});
