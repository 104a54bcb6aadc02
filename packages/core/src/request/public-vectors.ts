import { sortedIds } from "../population/index.ts";
import type { RandomStream } from "../random/index.ts";
import type { TextIndex } from "./item-text.ts";
import { truncatedSvd } from "./truncated-svd.ts";

export interface PublicVectorsOptions {
  /** Leading singular directions of the texts. */
  readonly dimensions: number;
  readonly random: RandomStream;
  /** [domains + 1], where the items of each domain begin. */
  readonly domains: Int32Array;
  /** Harmonics of an item's place among the sorted ids of its domain. */
  readonly order: number;
  /** [items] */
  readonly itemIds: readonly string[];
}

export interface PublicVectors {
  readonly width: number;
  /** [items * width] */
  readonly values: Float32Array;
}

/**
 * What is public of items, side by side:
 *
 * - `dimensions` coordinates along the leading singular directions of the TF-IDF matrix (latent semantic
 *   analysis, Deerwester et al. 1990), each item's brought to length 1; zeros without a text;
 * - one-hot, the domain;
 * - for h = 1 ... order, sin(pi h p) and cos(pi h p), p in [0, 1] being the item's place among the sorted ids
 *   of its domain, over sqrt(order).
 *
 * So each of the three has length 1. `text` undefined: items without texts.
 */
export function publicVectors(
  text: TextIndex | undefined,
  { dimensions, random, domains, order, itemIds }: PublicVectorsOptions,
): PublicVectors {
  const numItems = itemIds.length;
  const numDomains = domains.length - 1;
  const textWidth = text === undefined ? 0 : dimensions;
  const width = textWidth + numDomains + 2 * order;
  const values = new Float32Array(numItems * width);
  if (text !== undefined) {
    if (text.numItems !== numItems)
      throw new RangeError(`texts of ${text.numItems} items, but there are ${numItems}`);
    const { coordinates } = truncatedSvd(text, { dimensions, random });
    for (let item = 0; item < numItems; item++) {
      const own = coordinates.subarray(item * dimensions, (item + 1) * dimensions);
      let squares = 0;
      for (const value of own) squares += value * value;
      const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
      for (let k = 0; k < dimensions; k++) values[item * width + k] = own[k]! * scale;
    }
  }
  const places = placesOf(itemIds, domains);
  for (let d = 0; d < numDomains; d++)
    for (let item = domains[d]!; item < domains[d + 1]!; item++) {
      const at = item * width + textWidth;
      values[at + d] = 1;
      for (let h = 0; h < order; h++) {
        const angle = Math.PI * (h + 1) * places[item]!;
        values[at + numDomains + 2 * h] = Math.sin(angle) / Math.sqrt(order);
        values[at + numDomains + 2 * h + 1] = Math.cos(angle) / Math.sqrt(order);
      }
    }
  return { width, values };
}

/** [items], 0 for the first of the sorted ids of its domain to 1 for the last. */
function placesOf(itemIds: readonly string[], domains: Int32Array): Float64Array {
  const places = new Float64Array(itemIds.length);
  for (let d = 0; d + 1 < domains.length; d++) {
    const own = itemIds.slice(domains[d], domains[d + 1]);
    const placeOf = new Map(sortedIds(own).map((id, place) => [id, place]));
    own.forEach((id, i) => {
      places[domains[d]! + i] = placeOf.get(id)! / Math.max(1, own.length - 1);
    });
  }
  return places;
}
