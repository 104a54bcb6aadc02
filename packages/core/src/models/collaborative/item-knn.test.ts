import fc from "fast-check";
import { expect, test } from "vitest";
import fixtures from "./__fixtures__/collaborative.json" with { type: "json" };
import { fitItemKnn, itemKnnConfig, itemKnnRecommender } from "./item-knn.ts";
import { anyPositives, positivesOf } from "./worlds.fixture.ts";

const { numItems } = fixtures;
const positives = positivesOf(numItems, fixtures.positives);
const configOf = (given: object) => itemKnnConfig.parse({ kind: "item-knn", ...given });

test.each(fixtures.itemKnn)(
  "$neighbours neighbours, shrinkage $shrinkage: weights and scores are those of scikit-learn",
  async ({ neighbours, shrinkage, weights, scores }) => {
    const fitted = await fitItemKnn(positives, configOf({ neighbours, shrinkage }));
    const dense = weights.map((row) => row.map(() => 0));
    for (let i = 0; i < numItems; i++)
      for (let at = fitted.offsets[i]!; at < fitted.offsets[i + 1]!; at++)
        dense[i]![fitted.items[at]!] = fitted.weights[at]!;
    weights.forEach((row, i) =>
      row.forEach((weight, j) => expect(dense[i]![j]).toBeCloseTo(weight, 12)),
    );
    const recommender = itemKnnRecommender(fitted, positives);
    scores.forEach((row, u) => {
      const all = Int32Array.from(row.keys());
      const got = recommender.score(new Int32Array(row.length).fill(u), all);
      row.forEach((score, i) => expect(got[i]).toBeCloseTo(score, 12));
    });
  },
);

test("with every neighbour kept and no shrinkage, similarity is symmetric and at most 1", async () => {
  await fc.assert(
    fc.asyncProperty(anyPositives, async (world) => {
      const fitted = await fitItemKnn(world, configOf({ neighbours: world.numItems }));
      const pairs = new Map<string, number>();
      for (let i = 0; i < world.numItems; i++)
        for (let at = fitted.offsets[i]!; at < fitted.offsets[i + 1]!; at++)
          pairs.set(`${i},${fitted.items[at]!}`, fitted.weights[at]!);
      for (const [pair, weight] of pairs) {
        const [i, j] = pair.split(",");
        expect(pairs.get(`${j},${i}`)).toBe(weight);
        expect(weight).toBeLessThanOrEqual(1 + 1e-15);
        expect(i).not.toBe(j);
      }
    }),
  );
});

test("an aborted signal stops the fit", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(fitItemKnn(positives, configOf({}), { signal })).rejects.toThrow("stopped");
});
