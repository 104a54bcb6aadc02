import { uniform, type RandomStream } from "../../random/index.ts";
import { WIDTH, type DomainItems } from "./items.ts";
import type { SeasonTables } from "./seasons.ts";

export interface ChooserOptions {
  readonly items: DomainItems;
  readonly tables: SeasonTables;
  /** [topics * WIDTH] */
  readonly topics: Float64Array;
  /** How far items lie from their topic's vector. */
  readonly spread: number;
}

export interface Choice {
  /** [WIDTH], what the user wants right now. */
  readonly wanted: Float64Array;
  readonly season: number;
  /** Whether the user has an item already. */
  readonly has: (item: number) => boolean;
  readonly stream: RandomStream;
}

/** Proposals that may be refused before all items are weighed. */
const PATIENCE = 200;

/**
 * Draws an item that the user does not have in proportion to
 *
 *   weight of the season * exp(<wanted, vector>)
 *
 * exactly, without weighing all items: a topic and an item of it are proposed as if all its items lay on the
 * topic's vector, and accepted with probability exp(<wanted, vector - topic> - |wanted| spread), which is at
 * most 1. Where that fails too often, all items are weighed.
 */
export function itemChooser({ items, tables, topics, spread }: ChooserOptions) {
  const { order, starts, cumulative } = tables;
  const { count, topic, vector } = items;
  const numTopics = starts.length - 1;
  const sums = new Float64Array(numTopics);
  const likeness = new Float64Array(numTopics);
  const all = new Float64Array(count);

  const affinity = (wanted: Float64Array, vectors: Float64Array, at: number) => {
    let sum = 0;
    for (let w = 0; w < WIDTH; w++) sum += wanted[w]! * vectors[at * WIDTH + w]!;
    return sum;
  };

  const weighAll = ({ wanted, season, has, stream }: Choice): number => {
    let total = 0;
    for (let at = 0; at < count; at++) {
      const i = order[at]!;
      const before = at === starts[topic[i]!]! ? 0 : cumulative[season * count + at - 1]!;
      const weight = cumulative[season * count + at]! - before;
      total += has(i) ? 0 : weight * Math.exp(affinity(wanted, vector, i));
      all[at] = total;
    }
    return order[above(all, 0, count, uniform(stream) * total)]!;
  };

  return (choice: Choice): number => {
    const { wanted, season, has, stream } = choice;
    const row = season * count;
    let total = 0;
    for (let k = 0; k < numTopics; k++) {
      likeness[k] = affinity(wanted, topics, k);
      const end = starts[k + 1]!;
      const weight = end > starts[k]! ? cumulative[row + end - 1]! : 0;
      total += weight * Math.exp(likeness[k]!);
      sums[k] = total;
    }
    const bound = Math.sqrt(dotSelf(wanted)) * spread;
    for (let tried = 0; tried < PATIENCE; tried++) {
      const k = above(sums, 0, numTopics, uniform(stream) * total);
      const start = starts[k]!;
      const end = starts[k + 1]!;
      const target = uniform(stream) * cumulative[row + end - 1]!;
      const i = order[above(cumulative, row + start, row + end, target) - row]!;
      if (has(i)) continue;
      if (uniform(stream) < Math.exp(affinity(wanted, vector, i) - likeness[k]! - bound)) return i;
    }
    return weighAll(choice);
  };
}

function dotSelf(vector: Float64Array): number {
  let sum = 0;
  for (let w = 0; w < WIDTH; w++) sum += vector[w]! * vector[w]!;
  return sum;
}

/** The first place from `low` on, below `end`, whose running sum is above the target. */
function above(sums: Float64Array, low: number, end: number, target: number): number {
  let high = end - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle]! > target) high = middle;
    else low = middle + 1;
  }
  return low;
}
