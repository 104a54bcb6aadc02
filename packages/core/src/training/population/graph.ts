import type { TrainingEvents } from "../../population/types.ts";

/** Weighted edges between items: row i holds what item i takes up from others. */
export interface ItemGraph {
  /** [items + 1] */
  readonly starts: Int32Array;
  /** [edges], ascending within a row. */
  readonly items: Int32Array;
  /** [edges]; those of a row sum to at most 1. */
  readonly weights: Float64Array;
}

/**
 * Which items follow which: the mean of two directed graphs, each with rows that sum to 1 where an item has
 * a successor.
 *
 *   G = (A / rows + B / rows) / 2,   A_ij: how often j came right after i in a user's events of all domains,
 *                                    B_ij: how often it was the next one of the same domain
 *
 * Cao et al. 2022 (C2DSR), in counts as the authors' code has them, from training events alone. There each graph
 * propagates a table of its own; here items have one table, and so the graphs are averaged.
 */
export function transitionGraph(events: TrainingEvents, domainOf: Uint8Array): ItemGraph {
  const numItems = domainOf.length;
  const across = new Map<number, number>();
  const within = new Map<number, number>();
  const count = (edges: Map<number, number>, from: number, to: number) => {
    if (from < 0 || from === to) return;
    const edge = from * numItems + to;
    edges.set(edge, (edges.get(edge) ?? 0) + 1);
  };
  const lastOf = new Int32Array(domainOf.reduce((most, x) => Math.max(most, x), 0) + 1);
  for (let u = 0; u + 1 < events.starts.length; u++) {
    lastOf.fill(-1);
    let last = -1;
    for (let e = events.starts[u]!; e < events.starts[u + 1]!; e++) {
      const item = events.item[e]!;
      const domain = domainOf[item]!;
      count(across, last, item);
      count(within, lastOf[domain]!, item);
      last = item;
      lastOf[domain] = item;
    }
  }
  const weights = new Map<number, number>();
  for (const edges of [across, within]) {
    const sums = new Float64Array(numItems);
    for (const [edge, times] of edges) sums[Math.floor(edge / numItems)]! += times;
    for (const [edge, times] of edges) {
      const share = (0.5 * times) / sums[Math.floor(edge / numItems)]!;
      weights.set(edge, (weights.get(edge) ?? 0) + share);
    }
  }
  return rowsOf(weights, numItems);
}

/** The same edges the other way round, with the same weights. */
export function transposedGraph({ starts, items, weights }: ItemGraph): ItemGraph {
  const numItems = starts.length - 1;
  const turned = new Map<number, number>();
  for (let i = 0; i < numItems; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++)
      turned.set(items[e]! * numItems + i, weights[e]!);
  return rowsOf(turned, numItems);
}

/** Weights by from * items + to. */
function rowsOf(weights: ReadonlyMap<number, number>, numItems: number): ItemGraph {
  const edges = Float64Array.from(weights.keys()).toSorted();
  const starts = new Int32Array(numItems + 1);
  for (const edge of edges) starts[Math.floor(edge / numItems) + 1]! += 1;
  for (let i = 0; i < numItems; i++) starts[i + 1]! += starts[i]!;
  return {
    starts,
    items: Int32Array.from(edges, (edge) => edge % numItems),
    weights: Float64Array.from(edges, (edge) => weights.get(edge)!),
  };
}
