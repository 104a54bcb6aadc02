import { normal, shuffle, streamOf, uniformBelow, type RandomStream } from "../../random/index.ts";
import { catalogueItems, type SyntheticConfig } from "./config.ts";
import { LATENT, latentOf, mixOneSide, NUM_VALUES } from "./taste.ts";

/** Items, attribute by attribute, the most popular one first. */
export interface Items {
  readonly count: number;
  readonly category: Int32Array;
  readonly brand: Int32Array;
  readonly price: Float64Array;
  /** What everyone thinks of it, mean 0 and variance 1. */
  readonly quality: Float64Array;
  /** [count * LATENT]: who likes it, beyond what its attributes say. */
  readonly hidden: Float64Array;
}

/** A market's items with the ids that its files name them by. */
export interface MarketItems extends Items {
  readonly ids: readonly string[];
  /** [count]: the item of the catalogue that each is, or -1 for a market's own. */
  readonly known: Int32Array;
  /** [count * LATENT]: what its title is drawn by, the same in every market that holds it. */
  readonly described: Float64Array;
}

export function drawItems(count: number, stream: RandomStream): Items {
  const draw = (below: number) =>
    Int32Array.from({ length: count }, () => uniformBelow(stream, below));
  return {
    count,
    category: draw(NUM_VALUES.category),
    brand: draw(NUM_VALUES.brand),
    price: Float64Array.from({ length: count }, () => Math.exp(3 + 0.8 * normal(stream))),
    quality: Float64Array.from({ length: count }, () => normal(stream)),
    hidden: latentOf(count, stream),
  };
}

/**
 * A market's items: `stream` draws as if all were its own, then those of the catalogue take their places.
 * They keep the catalogue's attributes and its order of popularity; what users think of them is mixed from
 * a part that all markets share and the part that was drawn here.
 */
export function marketItems(
  client: string,
  count: number,
  config: SyntheticConfig,
  stream: RandomStream,
): MarketItems {
  const own = drawItems(count, stream);
  const known = knownItems(client, count, config);
  const ids = Array.from(known, (c, i) => (c < 0 ? `${client}-i${i}` : `c${c}`));
  if (config.catalogue === undefined) return { ...own, ids, known, described: own.hidden };
  const shared = drawItems(
    config.catalogue.items,
    streamOf(config.worldSeed, "world", "catalogue"),
  );
  const { category, brand, price, quality, hidden } = own;
  const described = hidden.slice();
  known.forEach((c, i) => {
    if (c < 0) return;
    category[i] = shared.category[c]!;
    brand[i] = shared.brand[c]!;
    price[i] = shared.price[c]!;
    quality[i] = mixOneSide(shared.quality[c]!, quality[i]!, config.sharedTaste);
    for (let k = 0; k < LATENT; k++) {
      const at = i * LATENT + k;
      const common = shared.hidden[c * LATENT + k]!;
      described[at] = common;
      hidden[at] = mixOneSide(common, hidden[at]!, config.sharedTaste);
    }
  });
  return { ...own, ids, known, described };
}

/** Which item of the catalogue stands at each place: a draw of them in their order, at random places. */
function knownItems(
  client: string,
  count: number,
  { catalogue, worldSeed }: SyntheticConfig,
): Int32Array {
  const known = new Int32Array(count).fill(-1);
  if (catalogue === undefined) return known;
  const stream = streamOf(worldSeed, "world", `market ${client}`, "catalogue");
  const held = catalogueItems(count, catalogue.share);
  const some = (n: number) => {
    const all = Int32Array.from({ length: n }, (_, i) => i);
    shuffle(stream, all);
    return all.subarray(0, held).sort();
  };
  const items = some(catalogue.items);
  some(count).forEach((place, k) => (known[place] = items[k]!));
  return known;
}
