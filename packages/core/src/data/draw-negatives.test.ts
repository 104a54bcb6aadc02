import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { drawNegatives, numFreeItems } from "./draw-negatives.ts";
import type { NegativeSource, TrainingData } from "./examples.ts";
import { itemsOfUser } from "./items-of-user.ts";
import type { TrainingDraw } from "./prepare-types.ts";
import { numFreeOf, weightedItems } from "./weighted.ts";

type Pool = NegativeSource["pools"][number];
type Drawing = Parameters<typeof drawNegatives>[0];

/** Rows of which only the users matter here. */
function rowsOf(users: readonly number[]): Drawing {
  return {
    train: { numRows: users.length, user: Int32Array.from(users) },
  } as unknown as TrainingData;
}

/** A pool whose users exclude items, drawn from as given. */
function poolOf(numItems: number, excluded: readonly (readonly number[])[], draw?: TrainingDraw) {
  const lists = itemsOfUser(
    excluded.length,
    excluded.map((items, u) => ({ user: items.map(() => u), item: items })),
  );
  return {
    numItems,
    excludedOffsets: lists.offsets,
    excludedItems: lists.items,
    ...(draw && { draw }),
  } as unknown as Pool;
}

function weightedDraw(weights: readonly number[], excluded: readonly (readonly number[])[]) {
  const weighted = weightedItems(Float64Array.from(weights));
  return {
    kind: "weighted",
    weights: weighted.weights,
    numFree: Int32Array.from(excluded, (items) =>
      numFreeOf(weighted, { items: Int32Array.from(items), start: 0, end: items.length }),
    ),
  } satisfies TrainingDraw;
}

const onePool = (pool: Pool, ratio: number, numRows: number): NegativeSource => ({
  ratio,
  pools: [pool],
  poolOfRow: new Uint16Array(numRows),
});

describe("by popularity", () => {
  const weights = [5, 0, 1, 3, 1, 90];
  const excluded = [[0], [2, 3], []];

  test("each user's negatives follow the weights of what he does not exclude (chi-square, p > 1e-4)", () => {
    const numRows = 9000;
    const users = Array.from({ length: numRows }, (_, row) => row % 3);
    const pool = poolOf(6, excluded, weightedDraw(weights, excluded));
    const drawn = drawNegatives(rowsOf(users), onePool(pool, 1, numRows), streamOf(6, "popular"));
    const limits = [21.1, 18.5, 23.6];
    excluded.forEach((own, user) => {
      const free = [0, 2, 3, 4, 5].filter((item) => !own.includes(item));
      const total = free.reduce((sum, item) => sum + weights[item]!, 0);
      const items = [...drawn].filter((_, row) => users[row] === user);
      const chiSquare = free.reduce((sum, item) => {
        const expected = (3000 * weights[item]!) / total;
        return sum + (items.filter((each) => each === item).length - expected) ** 2 / expected;
      }, 0);
      expect(items.every((item) => free.includes(item))).toBe(true);
      expect(chiSquare).toBeLessThan(limits[user]!);
    });
  });

  test("negatives of one positive are distinct while items of weight last, then repeat", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 3, maxLength: 8 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(100),
        (given, ratio, seed) => {
          const own = [[0]];
          const draw = weightedDraw(given, own);
          const source = onePool(poolOf(given.length, own, draw), ratio, 5);
          const data = rowsOf([0, 0, 0, 0, 0]);
          const drawn = drawNegatives(data, source, streamOf(seed));
          const free = given.filter((weight, item) => item > 0 && weight > 0).length;
          expect(numFreeItems(data, source, 0)).toBe(free);
          for (let row = 0; row < 5; row++) {
            const items = [...drawn.subarray(row * ratio, (row + 1) * ratio)];
            if (free === 0) expect(items.every((item) => item === -1)).toBe(true);
            else {
              expect(new Set(items).size).toBe(Math.min(ratio, free));
              expect(items.every((item) => item > 0 && given[item]! > 0)).toBe(true);
            }
          }
        },
      ),
    );
  });
});

describe("as given", () => {
  test("each row draws from its own list, in a pool that begins at row 2", () => {
    const lists = itemsOfUser(2, [{ user: [0, 0, 1], item: [4, 1, 3] }]);
    const draw: TrainingDraw = { kind: "given", listOfRow: Int32Array.of(1, 0, 1), ...lists };
    const source: NegativeSource = {
      ratio: 2,
      pools: [poolOf(3, [[0, 1]]), poolOf(5, [[]], draw)],
      poolOfRow: Uint16Array.of(0, 0, 1, 1, 1),
    };
    const data = rowsOf([0, 0, 0, 0, 0]);
    for (let pass = 0; pass < 10; pass++) {
      const drawn = [...drawNegatives(data, source, streamOf(pass))];
      expect(drawn.slice(0, 6)).toEqual([2, 2, 2, 2, 3, 3]);
      expect(new Set(drawn.slice(6, 8))).toEqual(new Set([1, 4]));
      expect(drawn.slice(8)).toEqual([3, 3]);
    }
    expect([0, 2, 3].map((row) => numFreeItems(data, source, row))).toEqual([1, 1, 2]);
  });

  test("an empty list gives no negatives", () => {
    const lists = itemsOfUser(2, [{ user: [1], item: [0] }]);
    const draw: TrainingDraw = { kind: "given", listOfRow: Int32Array.of(0, 1), ...lists };
    const source = onePool(poolOf(2, [[]], draw), 3, 2);
    expect([...drawNegatives(rowsOf([0, 0]), source, streamOf(1))]).toEqual([-1, -1, -1, 0, 0, 0]);
  });
});
