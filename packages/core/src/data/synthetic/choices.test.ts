import { expect, test } from "vitest";
import { streamOf } from "../../random/index.ts";
import { trueScore, type TrueAffinity } from "../true-affinity.ts";
import { drawChoices } from "./choices.ts";
import { chooseDistinct } from "./titles.ts";

test("choosing two of three one after another follows the weights of what is left", () => {
  // Weights 1, 2, 3: the ordered pair (i, j) has probability w_i / 6 * w_j / (6 - w_i).
  const weights = [1, 2, 3];
  const logWeights = Float64Array.from(weights, Math.log);
  const stream = streamOf(1, "choices");
  const counts = new Map<string, number>();
  const draws = 60_000;
  for (let n = 0; n < draws; n++) {
    const key = chooseDistinct(logWeights, 2, stream).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [i, w] of weights.entries())
    for (const [j, v] of weights.entries()) {
      if (i === j) continue;
      const p = ((w / 6) * v) / (6 - w);
      const deviation = Math.sqrt((p * (1 - p)) / draws);
      expect(Math.abs((counts.get(`${i},${j}`) ?? 0) / draws - p)).toBeLessThan(4 * deviation);
    }
});

/** Scores 3u / numUsers sin(i): later users care more. */
const affinity = (numUsers: number, numItems: number): TrueAffinity => ({
  width: 1,
  user: Float64Array.from({ length: numUsers }, (_, u) => (3 * u) / numUsers),
  item: Float64Array.from({ length: numItems }, (_, i) => Math.sin(i)),
});

test("who chooses once chooses in proportion to exp of the true score", () => {
  const truth = affinity(40_000, 12);
  const { user, item } = drawChoices(40_000, truth, streamOf(1, "choices"));
  const rowsOf = new Int32Array(40_000);
  for (const u of user) rowsOf[u]! += 1;
  // The wanted half of the items: those that sin puts above 0.
  let chosen = 0;
  let expected = 0;
  let variance = 0;
  user.forEach((u, row) => {
    if (rowsOf[u] !== 1) return;
    const weights = Array.from({ length: 12 }, (_, i) => Math.exp(trueScore(truth, u, i)));
    const wanted = weights.filter((_, i) => Math.sin(i) > 0).reduce((sum, w) => sum + w, 0);
    const p = wanted / weights.reduce((sum, w) => sum + w, 0);
    chosen += Math.sin(item[row]!) > 0 ? 1 : 0;
    expected += p;
    variance += p * (1 - p);
  });
  expect(expected).toBeGreaterThan(5000);
  expect(Math.abs(chosen - expected)).toBeLessThan(4 * Math.sqrt(variance));
});

test("nobody chooses an item twice, or more than half of the items, and no order is by weight", () => {
  const truth = affinity(10, 40);
  const { user, item } = drawChoices(190, truth, streamOf(1, "choices"));
  const itemsOf = Array.from({ length: 10 }, () => [] as number[]);
  user.forEach((u, row) => itemsOf[u]!.push(item[row]!));
  let falling = 0;
  let pairs = 0;
  for (const [u, items] of itemsOf.entries()) {
    expect(new Set(items).size).toBe(items.length);
    expect(items.length).toBeLessThanOrEqual(20);
    if (u < 5) continue;
    for (let n = 1; n < items.length; n++) {
      falling += Math.sin(items[n]!) < Math.sin(items[n - 1]!) ? 1 : 0;
      pairs += 1;
    }
  }
  expect(falling / pairs).toBeGreaterThan(0.3);
  expect(falling / pairs).toBeLessThan(0.7);
});
