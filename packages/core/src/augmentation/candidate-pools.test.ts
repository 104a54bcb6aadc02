import fc from "fast-check";
import { expect, test } from "vitest";
import { textIndex, requestReader } from "../request/index.ts";
import { candidatePools } from "./candidate-pools.ts";
import { popularityOf, populationOfItems, NUM_ITEMS } from "./population.fixture.ts";

const words = fc.array(
  fc.constantFrom("", "tea", "green tea", "tea pot", "pot", "steel pot", "bread", "rye bread"),
  { minLength: NUM_ITEMS, maxLength: NUM_ITEMS },
);

/** What an item weighs, of running sums. */
const weightsOf = (cumulative: Float64Array) =>
  Array.from(cumulative, (sum, i) => sum - (cumulative[i - 1] ?? 0));

test("a pool of similar items is the head of all, sorted by the cosines of their texts to the history's", () =>
  fc.assert(
    fc.property(
      words,
      fc.array(fc.nat(NUM_ITEMS - 1), { maxLength: 5 }),
      fc.integer({ min: 1, max: 6 }),
      (texts, items, similar) => {
        const population = populationOfItems([[0, 1, 2]], { texts });
        const popularity = popularityOf(population);
        const poolOf = candidatePools(population, { pool: { similar }, popularity });
        const cosines = textIndex(texts);
        const similarityOf = (item: number) => {
          const out = new Float32Array(1);
          const reader = requestReader({ text: cosines, decay: 1 });
          return items.reduce((sum, one, h) => {
            reader.begin();
            reader.push(one);
            reader.write(item, 0, out, 0);
            return sum + 0.8 ** (items.length - 1 - h) * out[0]!;
          }, 0);
        };
        for (const domain of [0, 1]) {
          const history = { user: 0, items, ages: items.map(() => 0) };
          const { start, cumulative, positive } = poolOf(history, domain);
          const pool = weightsOf(cumulative).flatMap((w, i) => (w > 0 ? [start + i] : []));
          const free = Array.from({ length: 8 }, (_, i) => 8 * domain + i).filter(
            (item) => !items.includes(item) && similarityOf(item) > 1e-6,
          );
          expect(pool.length).toBe(Math.min(similar, free.length));
          expect(positive).toBe(pool.length);
          const least = Math.min(...pool.map(similarityOf));
          // Nobody outside is clearly better than the worst inside.
          for (const item of free)
            if (!pool.includes(item)) expect(similarityOf(item)).toBeLessThan(least + 1e-5);
        }
      },
    ),
  ));

test("all alike, whatever their popularity; otherwise by it", () => {
  const texts = Array.from({ length: NUM_ITEMS }, (_, i) => (i % 2 === 0 ? "tea" : "pot"));
  const population = populationOfItems([[0, 2, 2, 2, 4, 4]], { texts });
  const popularity = popularityOf(population);
  const history = { user: 0, items: [0], ages: [0] };
  const similar = candidatePools(population, { pool: { similar: 3 }, popularity })(history, 0);
  expect(weightsOf(similar.cumulative)).toEqual([0, 0, 1, 0, 1, 0, 1, 0]);
  const popular = candidatePools(population, { pool: "popularity", popularity })(history, 0);
  expect(weightsOf(popular.cumulative)).toEqual(Array.from(popularity.subarray(0, 8)));
});
