import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { candidateWeights, drawCandidates } from "./draw-candidates.ts";

const weigh = (...weights: number[]) =>
  candidateWeights(Float64Array.from(weights), { start: 0, end: weights.length });

describe("two candidates, one after another, follow the weights of what is left", () => {
  // Weights 1, 2, 3 are free: the ordered pair (i, j) has probability w_i / 6 * w_j / (6 - w_i).
  test.each([
    ["where most of the domain is free", [1, 2, 3, 4], 3],
    // Nearly every draw hits the excluded item, so that what is left has to be listed.
    ["where the user has nearly all of it", [1, 2, 3, 100_000], 3],
  ])("%s", (_, weights, excluded) => {
    const stream = streamOf(1, "draw");
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let n = 0; n < draws; n++) {
      const options = { count: 2, excluded: new Set([excluded]), random: stream };
      const key = drawCandidates(weigh(...weights), options).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const [i, w] of [1, 2, 3].entries())
      for (const [j, v] of [1, 2, 3].entries()) {
        if (i === j) continue;
        const p = ((w / 6) * v) / (6 - w);
        const deviation = Math.sqrt((p * (1 - p)) / draws);
        expect(Math.abs(counts.get(`${i},${j}`)! / draws - p)).toBeLessThan(4 * deviation);
      }
  });
});

test("candidates are distinct items of the domain with a weight, none excluded, as many as there are", () => {
  const cases = fc.record({
    weights: fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
    start: fc.nat(3),
    excluded: fc.array(fc.nat(15)),
    count: fc.nat(8),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(cases, ({ weights, start, excluded, count, seed }) => {
      const all = Float64Array.from([...Array<number>(start).fill(9), ...weights, 9]);
      const end = start + weights.length;
      const free = Array.from(all.keys()).filter(
        (item) => item >= start && item < end && all[item]! > 0 && !excluded.includes(item),
      );
      const drawn = drawCandidates(candidateWeights(all, { start, end }), {
        count,
        excluded: new Set(excluded),
        random: streamOf(seed),
      });
      expect(drawn).toHaveLength(Math.min(count, free.length));
      expect(new Set(drawn).size).toBe(drawn.length);
      expect(drawn.every((item) => free.includes(item))).toBe(true);
    }),
  );
});

test.each([-1, Number.NaN, Infinity])("a weight of %s is refused", (weight) => {
  expect(() => weigh(1, weight)).toThrow(RangeError);
});
