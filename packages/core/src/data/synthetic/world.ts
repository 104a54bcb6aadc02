import { streamOf, uniform, uniformBelow, type RandomStream } from "../../random/index.ts";
import type { RawColumn } from "../table.ts";
import type { WorldClient } from "../world-client.ts";
import { drawChoices } from "./choices.ts";
import { hasAttributes, oracleColumn } from "./columns.ts";
import { sizesOf, type MarketConfig, type SyntheticConfig } from "./config.ts";
import { marketItems, type MarketItems } from "./items.ts";
import { clickLogit, preferences } from "./preferences.ts";
import { NUM_VALUES, tasteOf } from "./taste.ts";
import { titlesOf } from "./titles.ts";
import { drawUsers, type Users } from "./users.ts";
import { zipf } from "./zipf.ts";

/*
 * A world in which federating can help, and for a reason that is known. Users carry a segment, a device
 * and an age; items a category, a brand and a price. Each of the four attributes has a latent vector, and
 * there is a bend between age and price: each is a part that all markets share and a part of the market's
 * own, mixed so that `sharedTaste` is the shared share of the taste's variance. A large market learns its
 * taste alone; a tiny one cannot, and gains from others as far as taste is shared.
 *
 * Beside that, users and items have hidden vectors, which only their ids stand for. With a catalogue,
 * markets hold items in common, and those vectors are shared too: a market whose rows are too few to learn
 * what an item is like can learn it from the others' users.
 */

const SECONDS_PER_ROW = 60;

/** Every market's rows, as a reader would hand them over. A market depends on its name alone. */
export function syntheticWorld(config: SyntheticConfig): WorldClient[] {
  return Object.entries(config.markets).map(([client, market]) => ({
    client,
    ...marketRows(client, market, config),
  }));
}

function marketRows(
  client: string,
  market: MarketConfig,
  config: SyntheticConfig,
): Omit<WorldClient, "client"> {
  const stream = streamOf(config.worldSeed, "market", client);
  const { rows: numRows } = market;
  const sizes = sizesOf(market, config.feedback);
  const taste = tasteOf(client, config);
  const users = drawUsers(sizes.users, stream);
  const items = marketItems(client, sizes.items, config, stream);
  const described = (user: Int32Array, item: Int32Array) => ({
    ...(hasAttributes(config) && attributes(users, items, user, item)),
    ...(config.titles && { title: text(item, titlesOf(items, config)) }),
  });
  if (config.feedback === "implicit") {
    const affinity = preferences(users, items, taste, config);
    const { user, item } = drawChoices(numRows, affinity, stream);
    const columns = { ...ids(client, users, items, user, item), ...described(user, item) };
    return { table: { numRows, columns }, affinity };
  }
  const logit = clickLogit(users, items, taste, config);
  const { user, item, click, truth } = drawImpressions(numRows, {
    numUsers: users.count,
    drawItem: zipf(items.count, config.popularity ?? 1),
    logit,
    stream,
  });
  const columns = {
    ...ids(client, users, items, user, item),
    click: number(click),
    ...described(user, item),
    [oracleColumn]: number(truth),
  };
  return { table: { numRows, columns } };
}

interface Impressions {
  readonly numUsers: number;
  readonly drawItem: (stream: RandomStream) => number;
  readonly logit: (user: number, item: number) => number;
  readonly stream: RandomStream;
}

/** Users uniform, items by popularity, clicks by their true probability. */
function drawImpressions(numRows: number, { numUsers, drawItem, logit, stream }: Impressions) {
  const user = new Int32Array(numRows);
  const item = new Int32Array(numRows);
  const click = new Float64Array(numRows);
  const truth = new Float64Array(numRows);
  for (let row = 0; row < numRows; row++) {
    const u = uniformBelow(stream, numUsers);
    const i = drawItem(stream);
    const p = 1 / (1 + Math.exp(-logit(u, i)));
    user[row] = u;
    item[row] = i;
    truth[row] = p;
    click[row] = uniform(stream) < p ? 1 : 0;
  }
  return { user, item, click, truth };
}

function text(codes: Int32Array, values: readonly string[]): RawColumn {
  return { kind: "text", codes, values };
}

function number(values: Float64Array): RawColumn {
  return { kind: "number", values };
}

function ids(
  client: string,
  users: Users,
  items: MarketItems,
  user: Int32Array,
  item: Int32Array,
): Record<string, RawColumn> {
  const names = Array.from({ length: users.count }, (_, u) => `${client}-u${u}`);
  return {
    user: text(user, names),
    item: text(item, items.ids),
    time: number(Float64Array.from(user, (_, row) => row * SECONDS_PER_ROW)),
  };
}

function attributes(
  users: Users,
  items: MarketItems,
  user: Int32Array,
  item: Int32Array,
): Record<string, RawColumn> {
  const of = (index: Int32Array, attribute: Int32Array) => index.map((at) => attribute[at]!);
  const values = (name: keyof typeof NUM_VALUES) =>
    Array.from({ length: NUM_VALUES[name] }, (_, n) => `${name}${n}`);
  return {
    segment: text(of(user, users.segment), values("segment")),
    device: text(of(user, users.device), values("device")),
    category: text(of(item, items.category), values("category")),
    brand: text(of(item, items.brand), values("brand")),
    age: number(Float64Array.from(user, (u) => users.age[u]!)),
    price: number(Float64Array.from(item, (i) => items.price[i]!)),
  };
}
