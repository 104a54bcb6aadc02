import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  greatestConflictAngle,
  groupOfScenarios,
  scenarioVectors,
  vectorsOfGram,
} from "./geometry.ts";

/** Scenarios of groups, such as [0, 0, 1]. */
const inGroups = (groups: readonly number[]) =>
  Object.fromEntries(groups.map((group, k) => [`s${k}`, { group }]));

const degreesBetween = (a: Float64Array, b: Float64Array) =>
  (Math.acos(
    Math.max(
      -1,
      Math.min(
        1,
        a.reduce((sum, x, i) => sum + x * b[i]!, 0),
      ),
    ),
  ) *
    180) /
  Math.PI;

describe("directions of scenarios", () => {
  test("stand exactly at the angles asked for, or are refused", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 1, max: 90, noNaN: true }),
        fc.double({ min: 0, max: 180, noNaN: true }),
        (groups, spread, conflictAngle) => {
          const found = scenarioVectors({ scenarios: inGroups(groups), spread, conflictAngle });
          if (found === undefined) return;
          for (const [j, a] of found.vectors.entries())
            for (const [k, b] of found.vectors.entries()) {
              if (j === k) continue;
              const asked = groups[j] === groups[k] ? spread : Math.max(spread, conflictAngle);
              // Near 0 and 180 degrees the arc cosine takes roundings to their square root.
              expect(Math.abs(degreesBetween(a, b) - asked)).toBeLessThan(1e-4);
            }
        },
      ),
    );
  });

  // Two groups of n: the sums of the groups' vectors bound it, |cos(conflict)| <= (1 + (n - 1) cos(spread)) / n.
  test.each([
    [1, 15],
    [2, 15],
    [2, 60],
    [3, 30],
    [4, 90],
  ])(
    "two groups of %d with a spread of %d degrees can be as far apart as algebra says",
    (n, spread) => {
      const scenarios = inGroups(Array.from({ length: 2 * n }, (_, k) => k % 2));
      const bound = (1 + (n - 1) * Math.cos((spread * Math.PI) / 180)) / n;
      const most = (Math.acos(-bound) * 180) / Math.PI;
      expect(greatestConflictAngle({ scenarios, spread, conflictAngle: 0 })).toBe(
        Math.floor(most + 1e-9),
      );
    },
  );

  // K vectors: arccos(-1 / (K - 1)).
  test.each([
    [2, 180],
    [3, 120],
    [4, 109],
    [5, 104],
  ])("%d groups of one can be %d degrees apart", (groups, most) => {
    const scenarios = inGroups(Array.from({ length: groups }, (_, k) => k));
    expect(greatestConflictAngle({ scenarios, spread: 0, conflictAngle: 0 })).toBe(most);
  });

  test("of one group, or of groups that do not differ, without a spread are one direction", () => {
    for (const groups of [
      [0, 0, 0],
      [0, 1, 2],
    ])
      expect(
        scenarioVectors({ scenarios: inGroups(groups), spread: 0, conflictAngle: 0 })!.rank,
      ).toBe(1);
    const opposite = scenarioVectors({
      scenarios: inGroups([0, 1, 0, 1]),
      spread: 0,
      conflictAngle: 180,
    })!;
    expect(opposite.vectors.map((vector) => vector[0])).toEqual([1, -1, 1, -1]);
  });

  test("do not move when another scenario is named after them", () => {
    const angles = { spread: 20, conflictAngle: 100 };
    const four = scenarioVectors({ ...angles, scenarios: inGroups([0, 0, 1, 1]) })!;
    const two = scenarioVectors({ ...angles, scenarios: inGroups([0, 0]) })!;
    two.vectors.forEach((vector, k) =>
      expect([...vector]).toEqual([...four.vectors[k]!.subarray(0, 2)]),
    );
  });

  test("groups go in turn where none is given", () =>
    expect(groupOfScenarios({ scenarios: { a: {}, b: {}, c: {}, d: { group: 5 } } })).toEqual([
      0, 1, 0, 5,
    ]));
});

test("three vectors whose inner products contradict one another do not exist", () => {
  // a = b, but c is at a right angle to a and along b.
  expect(
    vectorsOfGram([
      [1, 1, 0],
      [1, 1, 1],
      [0, 1, 1],
    ]),
  ).toBeUndefined();
});
