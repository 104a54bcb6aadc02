import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf, shuffle, uniformBelow } from "../random/index.ts";
import { measure } from "./measure.ts";
import { parseMetric } from "./registry.ts";
import { labelledWorld, rankedWorld, resampled, scoredOf, type Row } from "./scored.fixture.ts";
import type { Defined, Scored } from "./types.ts";

/** The measured value; fails the test where it is undefined. */
export function valueOf(name: string, scored: Scored): Defined {
  const measured = measure([name], scored, { ties: "expected" })[name]!;
  if (measured.kind === "undefined") throw new Error(`${name} is undefined: ${measured.reason}`);
  return measured;
}

/** What must hold for every metric of the table; `name` carries a cut-off where the metric has one. */
export function metricLaws(name: string): void {
  const { definition } = parseMetric(name);
  const ranks = definition.needs === "lists";
  const world = (seed: number, numUsers: number) =>
    ranks ? rankedWorld(seed, numUsers) : labelledWorld(seed, numUsers);

  test("influences add up to 0, and users that took no part have none", () => {
    const { influence, present } = valueOf(name, scoredOf(world(1, 40), 43));
    expect(Math.abs(influence.reduce((sum, own) => sum + own, 0))).toBeLessThan(1e-14);
    expect(influence).toHaveLength(43);
    expect([...present.subarray(40)]).toEqual([0, 0, 0]);
    present.forEach((own, u) => {
      if (own === 0) expect(influence[u]).toBe(0);
    });
    expect(influence.some((own) => Math.abs(own) > 1e-4)).toBe(true);
  });

  test("influence is the derivative by the user's weight (101 against 99 copies among 100 of each)", () => {
    const rows = world(2, 12);
    const { influence } = valueOf(name, scoredOf(rows, 12));
    const largest = Math.max(...influence.map(Math.abs));
    for (const u of [0, 3, 7, 11]) {
      const copies = (of: number) => Array.from({ length: 12 }, (_, v) => (v === u ? of : 100));
      const up = valueOf(name, resampled(rows, copies(101))).value;
      const down = valueOf(name, resampled(rows, copies(99))).value;
      expect(Math.abs(((up - down) / 2) * 100 - influence[u]!)).toBeLessThan(1e-3 * largest);
    }
  });

  test("leaving a user out moves the value by minus its influence, up to second order", () => {
    const numUsers = 150;
    const rows = world(3, numUsers);
    const { value, influence } = valueOf(name, scoredOf(rows, numUsers));
    const largest = Math.max(...influence.map(Math.abs));
    for (let u = 0; u < numUsers; u += 10) {
      const left = valueOf(
        name,
        scoredOf(
          rows.filter(([user]) => user !== u),
          numUsers,
        ),
      );
      expect(Math.abs(value - left.value - influence[u]!)).toBeLessThan(0.05 * largest);
    }
  });

  test("the deviation it predicts is that of recomputing 200 samples of users, within 15%", () => {
    const numUsers = 150;
    const rows = world(4, numUsers);
    const { value, influence } = valueOf(name, scoredOf(rows, numUsers));
    const predicted = Math.sqrt(influence.reduce((sum, own) => sum + own ** 2, 0));
    const stream = streamOf(5, "samples");
    let squares = 0;
    for (let sample = 0; sample < 200; sample++) {
      const copies = Array.from({ length: numUsers }, () => 0);
      for (let draw = 0; draw < numUsers; draw++) copies[uniformBelow(stream, numUsers)]! += 1;
      squares += (valueOf(name, resampled(rows, copies)).value - value) ** 2 / 200;
    }
    expect(Math.abs(Math.sqrt(squares) / predicted - 1)).toBeLessThan(0.15);
  });

  test("the order of rows (of lists) and the names of users do not matter", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const rows = world(seed, 10);
        const stream = streamOf(seed, "order");
        const names = Int32Array.from({ length: 10 }, (_, u) => u);
        shuffle(stream, names);
        const renamed = rows.map(([user, ...rest]): Row => [names[user]!, ...rest]);
        const before = valueOf(name, scoredOf(rows, 10));
        const after = valueOf(
          name,
          scoredOf(ranks ? reorderLists(renamed) : reorder(renamed, seed), 10),
        );
        expect(after.value).toBeCloseTo(before.value, 12);
        names.forEach((to, from) =>
          expect(after.influence[to]).toBeCloseTo(before.influence[from]!, 12),
        );
      }),
      // In case 300 a bin of the calibration error has no gap but for rounding.
      { numRuns: 20, examples: [[300]] },
    );
  });
}

function reorder(rows: readonly Row[], seed: number): Row[] {
  const order = Int32Array.from(rows, (_, i) => i);
  shuffle(streamOf(seed, "rows"), order);
  return Array.from(order, (i) => rows[i]!);
}

/** Lists from last to first, candidates of each reversed behind the positive. */
function reorderLists(rows: readonly Row[]): Row[] {
  const numLists = rows.at(-1)![3]! + 1;
  return Array.from({ length: numLists }, (_, l) => {
    const [positive, ...candidates] = rows.filter(([, , , list]) => list === numLists - 1 - l);
    return [positive!, ...candidates.toReversed()].map(([user, label, score]): Row => [
      user,
      label,
      score,
      l,
    ]);
  }).flat();
}
