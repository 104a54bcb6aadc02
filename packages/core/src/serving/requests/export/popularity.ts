import type { KeptPopulation, KeptTimes } from "../../../methods/index.ts";
import { cellScores, recencyTable } from "../../../request/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../../tensor/index.ts";
import { arithmetic } from "./arithmetic.ts";

export interface PopularityOptions {
  readonly kept: Pick<KeptPopulation, "settings" | "itemStarts">;
  readonly times: KeptTimes;
  readonly domain: number;
  /** [batch, candidates]: numbers within the domain, none of them below 0. */
  readonly items: Value;
  /** [batch, 1], float64. */
  readonly days: Value;
}

/** How popular candidates are before a request, [batch, candidates] in doubles. */
export function popularity(graph: GraphBuilder, options: PopularityOptions): Value {
  const { times } = options;
  return times.kind === "events" ? byEvents(graph, times, options) : byCells(graph, times, options);
}

/** A binary search among each item's days of change, as `recencyOf` makes it, unrolled. */
function byEvents(
  graph: GraphBuilder,
  { times }: Extract<KeptTimes, { readonly kind: "events" }>,
  { kept: { settings, itemStarts }, domain, items, days }: PopularityOptions,
): Value {
  const { add, divide, most, least, less, equal, both, not, where, each, rowsAt, integer, double } =
    arithmetic(graph);
  const [start, end] = [itemStarts[domain]!, itemStarts[domain + 1]!];
  const table = recencyTable(
    {
      offsets: times.offsets.slice(start, end + 1).map((at) => at - times.offsets[start]!),
      days: times.days.slice(times.offsets[start], times.offsets[end]),
    },
    settings,
  );
  const size = Math.max(1, table.offsets.at(-1)!);
  const numbers = (data: Float64Array) => {
    // A graph has no empty tables.
    const all = new Float64Array(size);
    all.set(data.subarray(0, table.offsets.at(-1)));
    return graph.constant(all, [size], "float64");
  };
  const [changeDays, scores] = [numbers(table.days), numbers(table.scores)];
  const offsets = graph.integers([...table.offsets]);
  const day = each("Floor", days);
  const first = rowsAt(offsets, items);
  let low = first;
  let high = rowsAt(offsets, add(items, integer(1)));
  for (let left = longest(table.offsets); left > 0; left = left >> 1) {
    const middle = divide(add(low, high), integer(2));
    const isEarlier = less(rowsAt(changeDays, least(middle, integer(size - 1))), day);
    const isOpen = less(low, high);
    const next = where(both(isOpen, isEarlier), add(middle, integer(1)), low);
    high = where(both(isOpen, not(isEarlier)), middle, high);
    low = next;
  }
  const before = rowsAt(scores, most(add(low, integer(-1)), integer(0)));
  return where(equal(low, first), double(table.never), before);
}

function longest(offsets: Int32Array): number {
  let most = 0;
  for (let i = 0; i + 1 < offsets.length; i++) most = Math.max(most, offsets[i + 1]! - offsets[i]!);
  return most;
}

/** A row of scores for every day on which published cells change what is known. */
function byCells(
  graph: GraphBuilder,
  { cells, grid, deviation }: Extract<KeptTimes, { readonly kind: "cells" }>,
  { kept: { settings, itemStarts }, domain, items, days }: PopularityOptions,
): Value {
  const { add, most, less, not, cast, reduce, rowsAt, multiply, reshape, integer } =
    arithmetic(graph);
  const { changes, at } = cellScores(cells, grid, { ...settings, deviation });
  const [start, end] = [itemStarts[domain]!, itemStarts[domain + 1]!];
  const width = end - start;
  const all = new Float32Array(changes.length * width);
  changes.forEach((_, change) => all.set(at(change).subarray(start, end), change * width));
  const changeDays = graph.constant(Float64Array.from(changes), [1, changes.length], "float64");
  const passed = cast(not(less(days, changeDays)), "int64");
  const row = most(add(reduce("ReduceSum", passed, 1, true), integer(-1)), integer(0));
  const scores = graph.constant(all, [all.length], "float32");
  const found = rowsAt(scores, add(multiply(row, integer(width)), items));
  return cast(reshape(found, [0, -1], [ANY_SIZE, ANY_SIZE]), "float64");
}
