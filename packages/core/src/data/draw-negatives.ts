import { uniformBelow, type RandomStream } from "../random/index.ts";
import type { NegativeSource, TrainingData } from "./examples.ts";
import { itemOutside, itemsOf, type ItemsOfUser } from "./items-of-user.ts";
import { weightedItems, weightedUntaken, weightsBefore } from "./weighted.ts";

export type Rows = Pick<TrainingData, "train">;

/** Gives an item that the row may draw; what `isTaken` holds may come and is then passed over. */
type RowDraw = (row: number, isTaken: (item: number) => boolean, random: RandomStream) => number;

/** How many different items a training row may draw; 0 where there is nothing for it. */
export function numFreeItems(data: Rows, source: NegativeSource, row: number): number {
  const { pools, poolOfRow } = source;
  const { draw, numItems, excludedOffsets } = pools[poolOfRow[row]!]!;
  const user = data.train.user[row]!;
  if (draw === undefined) return numItems - (excludedOffsets[user + 1]! - excludedOffsets[user]!);
  switch (draw.kind) {
    case "weighted":
      return draw.numFree[user]!;
    case "given": {
      const list = draw.listOfRow[row - firstRowOf(poolOfRow, poolOfRow[row]!)]!;
      return draw.offsets[list + 1]! - draw.offsets[list]!;
    }
  }
}

/**
 * [train.numRows * ratio], item indices of the positive's pool; -1 where there is nothing to draw. The
 * negatives of one positive are distinct as long as the items last, then begin anew.
 */
export function drawNegatives(
  data: Rows,
  source: NegativeSource,
  random: RandomStream,
): Int32Array {
  const { train } = data;
  const { ratio, poolOfRow } = source;
  const draws = source.pools.map((_, pool) => rowDraw(data, source, pool));
  const drawn = new Int32Array(train.numRows * ratio).fill(-1);
  for (let row = 0; row < train.numRows; row++) {
    const free = numFreeItems(data, source, row);
    if (free === 0) continue;
    const draw = draws[poolOfRow[row]!]!;
    const start = row * ratio;
    let k = 0;
    const isTaken = (item: number) => k < free && isAmong(drawn, start, start + k, item);
    while (k < ratio) {
      const item = draw(row, isTaken, random);
      if (isTaken(item)) continue;
      drawn[start + k] = item;
      k += 1;
    }
  }
  return drawn;
}

function rowDraw({ train }: Rows, { pools, poolOfRow }: NegativeSource, p: number): RowDraw {
  const { draw, numItems, excludedOffsets: offsets, excludedItems: items } = pools[p]!;
  const excluded: ItemsOfUser = { offsets, items };
  if (draw === undefined)
    return (row, _, random) => {
      const { start, end } = itemsOf(excluded, train.user[row]!);
      return itemOutside(items, start, end, uniformBelow(random, numItems - (end - start)));
    };
  switch (draw.kind) {
    case "weighted": {
      const weighted = weightedItems(draw.weights);
      const before = new Float64Array(items.length);
      for (let user = 0; user + 1 < offsets.length; user++)
        before.set(weightsBefore(draw.weights, itemsOf(excluded, user)), offsets[user]);
      return (row, isTaken, random) => {
        const { start, end } = itemsOf(excluded, train.user[row]!);
        const slice = { items, start, end, before: before.subarray(start, end) };
        return weightedUntaken(weighted, slice, random, isTaken);
      };
    }
    case "given": {
      const first = firstRowOf(poolOfRow, p);
      return (row, _, random) => {
        const { start, end } = itemsOf(draw, draw.listOfRow[row - first]!);
        return draw.items[start + uniformBelow(random, end - start)]!;
      };
    }
  }
}

/** Where a pool's rows begin: clients stand one after another. */
function firstRowOf(poolOfRow: Uint16Array, pool: number): number {
  let low = 0;
  let high = poolOfRow.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (poolOfRow[middle]! < pool) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isAmong(items: Int32Array, start: number, end: number, item: number): boolean {
  for (let i = start; i < end; i++) if (items[i] === item) return true;
  return false;
}
