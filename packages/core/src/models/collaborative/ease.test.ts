import fc from "fast-check";
import { expect, test } from "vitest";
import fixtures from "./__fixtures__/collaborative.json" with { type: "json" };
import { easeConfig, easeRecommender, fitEase } from "./ease.ts";
import { invertSymmetric } from "./symmetric-inverse.ts";
import { streamOf, uniform } from "../../random/index.ts";
import { anyPositives, positivesOf } from "./worlds.fixture.ts";

const { numItems } = fixtures;
const positives = positivesOf(numItems, fixtures.positives);
const configOf = (lambda: number) => easeConfig.parse({ kind: "ease", lambda });

test.each(fixtures.ease)(
  "lambda $lambda: weights and scores are those of NumPy's inverse",
  async ({ lambda, b, scores }) => {
    const fitted = await fitEase(positives, configOf(lambda));
    b.forEach((row, j) =>
      row.forEach((weight, i) => expect(fitted.weights[i * numItems + j]).toBeCloseTo(weight, 12)),
    );
    const recommender = easeRecommender(fitted, positives);
    scores.forEach((row, u) => {
      const all = Int32Array.from(row.keys());
      const got = recommender.score(new Int32Array(row.length).fill(u), all);
      row.forEach((score, i) => expect(got[i]).toBeCloseTo(score, 12));
    });
  },
);

test("off the diagonal the objective has slope zero: (X'X + lambda I) B - X'X is diagonal", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPositives,
      fc.double({ min: 0.1, max: 50, noNaN: true }),
      async (world, lambda) => {
        const n = world.numItems;
        const { weights } = await fitEase(world, configOf(lambda));
        const gram = new Float64Array(n * n);
        for (let u = 0; u < world.numUsers; u++) {
          const own = world.items.subarray(world.offsets[u], world.offsets[u + 1]);
          for (const i of own) for (const j of own) gram[i * n + j]! += 1;
        }
        for (let i = 0; i < n; i++) {
          expect(weights[i * n + i]).toBe(0);
          for (let j = 0; j < n; j++) {
            if (i === j) continue;
            let slope = lambda * weights[i * n + j]! - gram[i * n + j]!;
            for (let k = 0; k < n; k++) slope += gram[j * n + k]! * weights[i * n + k]!;
            expect(Math.abs(slope)).toBeLessThan(1e-9);
          }
        }
      },
    ),
    { numRuns: 30 },
  );
});

// Sizes around the tile of 64, and one with remainders of every unrolled loop in several tiles.
test.each([1, 2, 5, 63, 64, 65, 128, 195])(
  "the blocked inverse of an n = %i matrix times the matrix is the identity",
  (n) => {
    const random = streamOf(n, "inverse");
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        const value = uniform(random) - 0.5;
        matrix[i * n + j] = value;
        matrix[j * n + i] = value;
      }
      matrix[i * n + i] = n;
    }
    const inverse = matrix.slice();
    // The upper triangle is not read.
    for (let i = 0; i < n; i++) inverse.fill(NaN, i * n + i + 1, (i + 1) * n);
    const step = invertSymmetric(inverse, n);
    while (step.next().done !== true) continue;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += matrix[i * n + k]! * inverse[k * n + j]!;
        expect(Math.abs(sum - (i === j ? 1 : 0))).toBeLessThan(1e-12);
      }
  },
);

test("a matrix that is not positive definite is refused", () => {
  const step = invertSymmetric(Float64Array.of(1, 0, 2, 1), 2);
  expect(() => step.next()).toThrow("pivot 1 is -3");
});

test("more items than memory holds are refused with the way out", async () => {
  const world = positivesOf(20_001, [[0, 20_000]]);
  await expect(fitEase(world, configOf(500))).rejects.toThrow(
    "ease with lambda 500 inverts a matrix of items by items: 20001 items need 3.2 GB",
  );
});

test("an aborted signal stops the fit", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(fitEase(positives, configOf(1), { signal })).rejects.toThrow("stopped");
});
