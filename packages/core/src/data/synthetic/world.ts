import { normal, streamOf, uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import type { ColumnsConfig } from "../config.ts";
import type { RawColumn, RawTable } from "../table.ts";
import type { SyntheticConfig } from "./config.ts";
import { affinity, latentOf, NUM_VALUES, tasteOf, type Taste } from "./taste.ts";

/*
 * A world in which federating can help, and for a reason that is known. Users carry a segment, a device
 * and an age; items a category, a brand and a price. Each of the four attributes has a latent vector, and
 * there is a bend between age and price: each is a part that all markets share and a part of the market's
 * own, mixed so that `sharedTaste` is the shared share of the taste's variance. A large market learns its
 * taste alone; a tiny one cannot, and gains from others as far as taste is shared.
 */

/** The column that holds each impression's true click probability. */
export const oracleColumn = "trueProbability";

/** Features that mean the same in every market of the world. */
export const syntheticCommon: readonly string[] = ["segment", "device", "category", "brand"];

/** What the columns of a world's tables mean. */
export const syntheticColumns: ColumnsConfig = {
  user: "user",
  item: "item",
  time: "time",
  label: "click",
  categorical: [
    { column: "segment", of: "user" },
    { column: "device", of: "user" },
    { column: "category", of: "item" },
    { column: "brand", of: "item" },
  ],
  numeric: [
    { column: "age", of: "user" },
    { column: "price", of: "item" },
  ],
};

const USERS_PER_ROW = 1 / 15;
const ITEMS_PER_ROW = 1 / 25;
const BASE_LOGIT = -2;
/** Scales of the logit's parts: observable taste, the price-age bend, quality of items, hidden taste. */
const TASTE = 1;
const BEND = 0.5;
const QUALITY = 0.25;
const HIDDEN = 0.25;
const SECONDS_PER_ROW = 60;

/** Draws 0..n-1 with probability proportional to 1 / (rank + 1): Zipf's law, exponent 1. */
function zipf(n: number): (stream: RandomStream) => number {
  const cumulative = new Float64Array(n);
  let total = 0;
  for (let rank = 0; rank < n; rank++) cumulative[rank] = total += 1 / (rank + 1);
  return (stream) => {
    const target = uniform(stream) * total;
    let low = 0;
    let high = n - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (cumulative[middle]! < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Every market's impressions, as a reader would hand them over. A market depends on its name alone. */
export function syntheticWorld(config: SyntheticConfig): { client: string; table: RawTable }[] {
  return Object.entries(config.markets).map(([client, { rows }]) => {
    const stream = streamOf(config.worldSeed, "market", client);
    return { client, table: marketTable(client, rows, tasteOf(client, config), stream) };
  });
}

function marketTable(
  client: string,
  numRows: number,
  { vectors, bend }: Taste,
  stream: RandomStream,
): RawTable {
  const numUsers = Math.max(10, Math.round(numRows * USERS_PER_ROW));
  const numItems = Math.max(20, Math.round(numRows * ITEMS_PER_ROW));
  const draw = (count: number, below: number) =>
    Int32Array.from({ length: count }, () => uniformBelow(stream, below));
  const users = {
    segment: draw(numUsers, NUM_VALUES.segment),
    device: draw(numUsers, NUM_VALUES.device),
    age: Float64Array.from({ length: numUsers }, () => 18 + Math.floor(uniform(stream) * 60)),
    hidden: latentOf(numUsers, stream),
  };
  const items = {
    category: draw(numItems, NUM_VALUES.category),
    brand: draw(numItems, NUM_VALUES.brand),
    price: Float64Array.from({ length: numItems }, () => Math.exp(3 + 0.8 * normal(stream))),
    quality: Float64Array.from({ length: numItems }, () => normal(stream)),
    hidden: latentOf(numItems, stream),
  };
  const logit = (u: number, i: number) => {
    const segment = users.segment[u]!;
    const device = users.device[u]!;
    const category = items.category[i]!;
    const brand = items.brand[i]!;
    const observable =
      affinity(vectors.segment, segment, vectors.category, category) +
      0.7 * affinity(vectors.segment, segment, vectors.brand, brand) +
      0.4 * affinity(vectors.device, device, vectors.category, category);
    const youth = (48 - users.age[u]!) / 17;
    const expense = (Math.log(items.price[i]!) - 3) / 0.8;
    return (
      BASE_LOGIT +
      TASTE * observable -
      BEND * bend * expense * Math.tanh(youth) +
      QUALITY * items.quality[i]! +
      HIDDEN * affinity(users.hidden, u, items.hidden, i)
    );
  };

  const drawItem = zipf(numItems);
  const user = new Int32Array(numRows);
  const item = new Int32Array(numRows);
  const click = new Float64Array(numRows);
  const truth = new Float64Array(numRows);
  const time = new Float64Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const u = uniformBelow(stream, numUsers);
    const i = drawItem(stream);
    const p = 1 / (1 + Math.exp(-logit(u, i)));
    user[row] = u;
    item[row] = i;
    truth[row] = p;
    click[row] = uniform(stream) < p ? 1 : 0;
    time[row] = row * SECONDS_PER_ROW;
  }

  const names = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, n) => `${prefix}${n}`);
  const text = (codes: Int32Array, values: readonly string[]): RawColumn => ({
    kind: "text",
    codes,
    values,
  });
  const number = (values: Float64Array): RawColumn => ({ kind: "number", values });
  const of = (index: Int32Array, attribute: Int32Array) => index.map((at) => attribute[at]!);
  return {
    numRows,
    columns: {
      user: text(user, names(`${client}-u`, numUsers)),
      item: text(item, names(`${client}-i`, numItems)),
      time: number(time),
      click: number(click),
      segment: text(of(user, users.segment), names("segment", NUM_VALUES.segment)),
      device: text(of(user, users.device), names("device", NUM_VALUES.device)),
      category: text(of(item, items.category), names("category", NUM_VALUES.category)),
      brand: text(of(item, items.brand), names("brand", NUM_VALUES.brand)),
      age: number(Float64Array.from(user, (u) => users.age[u]!)),
      price: number(Float64Array.from(item, (i) => items.price[i]!)),
      [oracleColumn]: number(truth),
    },
  };
}
