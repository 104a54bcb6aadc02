import type { FeatureSchema } from "@atoll/core/data";
import { streamOf, uniformBelow, type RandomStream } from "@atoll/core/random";
import type { World, WorldRows } from "./fit.fixture.ts";

const FIRST_ROW = 2; // rows 0 and 1 of a table are padding and out of vocabulary

interface SequenceWorld {
  readonly length: number;
  readonly numItems: number;
  /** A user's past items, oldest first, with the item that follows and one that does not. */
  readonly draw: (random: RandomStream) => {
    readonly past: readonly number[];
    readonly next: number;
    readonly other: number;
  };
}

const numbers = (count: number, of: (i: number) => number) =>
  Array.from({ length: count }, (_, i) => of(i));

interface Size {
  readonly seed: number;
  readonly numTrain: number;
  readonly numTest: number;
}

/** A world as rows of (item, history, label): for every history one row that is right and one that is wrong. */
function rowsOf(
  { length, numItems, draw }: SequenceWorld,
  { seed, numTrain, numTest }: Size,
): World {
  const random = streamOf(seed, "sequences");
  const numRows = numItems + FIRST_ROW;
  const schema: FeatureSchema = {
    categorical: [
      { name: "item", of: "item", numRows },
      { name: "history", of: "user", numRows, length, vocabulary: "item" },
    ],
    numeric: [],
  };
  const rows = (count: number): WorldRows => {
    const categorical = new Int32Array(count * (1 + length));
    for (let i = 0; i < count; i += 2) {
      const { past, next, other } = draw(random);
      for (const [k, item] of [next, other].entries()) {
        const at = (i + k) * (1 + length);
        categorical[at] = FIRST_ROW + item;
        const start = at + 1 + length - past.length;
        past.forEach((p, t) => (categorical[start + t] = FIRST_ROW + p));
      }
    }
    return {
      numRows: count,
      categorical,
      numeric: new Float32Array(0),
      label: Float32Array.from({ length: count }, (_, i) => 1 - (i % 2)),
    };
  };
  return { schema, train: rows(numTrain), test: rows(numTest) };
}

/**
 * The last of three to five items decides: `next = (7 last + 3) mod V`. The wrong item is what would follow
 * the first one, so that popularity and the set of past items know nothing.
 */
export function lastDecides(size: Size): World {
  const numItems = 30;
  const follow = (item: number) => (7 * item + 3) % numItems;
  const draw = (random: RandomStream) => {
    const past = numbers(3 + uniformBelow(random, 3), () => uniformBelow(random, numItems));
    const last = past.at(-1)!;
    // An earlier item unlike the last one, made so if need be.
    const earlier = past[0] === last ? (last + 1) % numItems : past[0]!;
    past[0] = earlier;
    return { past, next: follow(last), other: follow(earlier) };
  };
  return rowsOf({ length: 5, numItems, draw }, size);
}

/**
 * The groups g of the last two items decide together and in their order: the next item is of group
 * (g_before - g_last) mod 3. The wrong one is what would follow if they were swapped.
 */
export function orderDecides(size: Size): World {
  const [numItems, groups] = [12, 3];
  const draw = (random: RandomStream) => {
    const past = numbers(3, () => uniformBelow(random, numItems));
    const last = past[2]!;
    const before = (past[1] =
      (last + 1 + uniformBelow(random, 2) + groups * uniformBelow(random, numItems / groups)) %
      numItems);
    const follow = (a: number, b: number) =>
      ((a - b + groups * numItems) % groups) + groups * uniformBelow(random, numItems / groups);
    return { past, next: follow(before, last), other: follow(last, before) };
  };
  return rowsOf({ length: 3, numItems, draw }, size);
}

/**
 * The item ten steps back decides. It and the one five steps back are keys, each with an item of its own:
 * that of the earlier key follows, whatever the later one is. The wrong item is that of any other key, so
 * that the last nine items know nothing, and the set of all of them not whose turn it is.
 */
export function tenStepsBackDecides(size: Size): World {
  const [numItems, keys] = [18, 3];
  const draw = (random: RandomStream) => {
    const past = numbers(10 + uniformBelow(random, 2), () => 2 * keys + uniformBelow(random, 12));
    const key = uniformBelow(random, keys);
    past[past.length - 10] = key;
    past[past.length - 5] = uniformBelow(random, keys);
    const other = (key + 1 + uniformBelow(random, keys - 1)) % keys;
    return { past, next: keys + key, other: keys + other };
  };
  return rowsOf({ length: 11, numItems, draw }, size);
}

/** The same world to a model that remembers only so many items. */
export function lastItemsOnly({ schema, train, test }: World, length: number): World {
  const [item, history] = schema.categorical;
  const columns = 1 + history!.length!;
  const cut = (rows: WorldRows): WorldRows => {
    const categorical = new Int32Array(rows.numRows * (1 + length));
    for (let row = 0; row < rows.numRows; row++) {
      const whole = rows.categorical.subarray(row * columns, (row + 1) * columns);
      categorical.set([whole[0]!, ...whole.subarray(columns - length)], row * (1 + length));
    }
    return { ...rows, categorical };
  };
  const categorical = [item!, { ...history!, length }];
  return { schema: { ...schema, categorical }, train: cut(train), test: cut(test) };
}
