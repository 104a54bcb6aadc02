import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heldOut, type HeldOutRows } from "../data/index.ts";
import { measure } from "./measure.ts";
import { measureHeldOut } from "./measure-held-out.ts";
import { rankedWorld, labelledWorld, scoredOf, type Row } from "./scored.fixture.ts";

const options = { ties: "pessimistic" } as const;
const ofLists = ["ndcg@3", "hr@2", "mrr@10"];

/** Ranked rows, whose lists become examples when they are asked for; and the stretches that were. */
function lazily(rows: readonly Row[]) {
  const asked: number[][] = [];
  const listStarts = Int32Array.from([
    ...rows.flatMap(([, , , list], row) => (list !== rows[row - 1]?.[3] ? [row] : [])),
    rows.length,
  ]);
  const held: HeldOutRows = {
    numRows: rows.length,
    listStarts,
    examples: (lists = Int32Array.from(listStarts.subarray(1), (_, l) => l)) => {
      asked.push([...lists]);
      const chosen = [...lists].flatMap((l, number) =>
        rows
          .slice(listStarts[l], listStarts[l + 1])
          .map(([user, label]): Row => [user, label, 0, number]),
      );
      const { examples } = scoredOf(chosen, 1);
      // Where a row comes from is what tests score it by.
      const at = Int32Array.from(
        [...lists].flatMap((l) =>
          Array.from({ length: listStarts[l + 1]! - listStarts[l]! }, (_, i) => listStarts[l]! + i),
        ),
      );
      return { ...examples, at };
    },
  };
  const score: Parameters<typeof measureHeldOut>[1]["score"] = async ({ at }) =>
    Float64Array.from(at, (row) => rows[row]![2]);
  return { rows: held, score, asked };
}

describe("lists, a part at a time", () => {
  test("are worth what they are all at once, whatever fits, whoever the users are", () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 80 }),
        fc.constantFrom("pessimistic", "expected", "optimistic"),
        async (seed, numUsers, mostRows, ties) => {
          const world = rankedWorld(seed, numUsers);
          const { rows, score } = lazily(world);
          expect(
            await measureHeldOut(ofLists, { rows, numUsers, score }, { ties }, mostRows),
          ).toEqual(measure(ofLists, scoredOf(world, numUsers), { ties }));
        },
      ),
      { numRuns: 100 },
    ));

  test("no more rows than fit, whole lists, each once and in order", async () => {
    const world = rankedWorld(1, 9);
    const { rows, score, asked } = lazily(world);
    await measureHeldOut(ofLists, { rows, numUsers: 9, score }, options, 35);
    expect(asked.every((lists) => lists.length <= 3)).toBe(true);
    expect(asked.flat()).toEqual(Array.from({ length: world.length / 10 }, (_, l) => l));
  });

  test("a metric that orders all rows has them all at once", async () => {
    const world = rankedWorld(2, 9);
    const names = [...ofLists, "auc"];
    const { rows, score, asked } = lazily(world);
    expect(await measureHeldOut(names, { rows, numUsers: 9, score }, options, 35)).toEqual(
      measure(names, scoredOf(world, 9), options),
    );
    expect(asked).toHaveLength(1);
  });

  test("scores that are not finite are refused in any of them", async () => {
    const { rows } = lazily(rankedWorld(3, 9));
    const score: Parameters<typeof measureHeldOut>[1]["score"] = async ({ at, numRows }) =>
      new Float64Array(numRows).fill(at[0] === 0 ? 0 : Number.NaN);
    await expect(
      measureHeldOut(ofLists, { rows, numUsers: 9, score }, options, 35),
    ).rejects.toThrow(/30 of 30 scores are not finite.*diverged/);
  });
});

test("labelled rows are measured as they are", async () => {
  const scored = scoredOf(labelledWorld(1, 9), 9);
  const scoring = {
    rows: heldOut(scored.examples),
    numUsers: 9,
    score: async () => scored.scores,
  };
  expect(await measureHeldOut(["auc", "logloss"], scoring, options, 1)).toEqual(
    measure(["auc", "logloss"], scored, options),
  );
});
