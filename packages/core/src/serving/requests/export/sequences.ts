import type { ChunkSizes } from "../../../models/cross-domain/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../../tensor/index.ts";
import { arithmetic } from "./arithmetic.ts";

/** A history in a graph, without what is no item. */
export interface GraphHistory {
  /** [batch, events]: numbers of items, -1 where there is none. */
  readonly items: Value;
  /** [batch, events]: 1 for the latest item, 2 for the one before ... */
  readonly places: Value;
}

/** Counts the items of a history from its end, passing over what is none. */
export function historyOf(graph: GraphBuilder, items: Value): GraphHistory {
  const { less, integer } = arithmetic(graph);
  return { items, places: fromEnd(graph, less(integer(-1), items)) };
}

/** At each place that counts, how many from there to the end do. */
function fromEnd(graph: GraphBuilder, counts: Value): Value {
  const ones = arithmetic(graph).cast(counts, "int64");
  return graph.node("CumSum", [ones, graph.scalar(1, "int64")], ones.shape, "int64", {
    reverse: { kind: "int", value: 1 },
  });
}

/** [batch, length]: the latest items that count, oldest first, -1 before them. */
function latest(
  graph: GraphBuilder,
  {
    items,
    counts,
    length,
  }: { readonly items: Value; readonly counts: Value; readonly length: number },
): Value {
  const { add, subtract, equal, both, where, reduce, unsqueeze, integer } = arithmetic(graph);
  const wanted = Array.from({ length }, (_, i) => BigInt(length - i));
  const places = graph.constant(BigInt64Array.from(wanted), [1, length, 1], "int64");
  const chosen = both(equal(unsqueeze(fromEnd(graph, counts), 1), places), unsqueeze(counts, 1));
  const numbers = where(chosen, unsqueeze(add(items, integer(1)), 1), integer(0));
  return subtract(reduce("ReduceSum", numbers, 2), integer(1));
}

/** Inputs of the program of queries. */
export interface GraphSequences {
  /** [batch, R]: the item of every slot, -1 where there is none; R = length + D domainLength. */
  readonly slots: Value;
  /** [batch, length] and [batch, D, domainLength]: slots, -1 for padding. */
  readonly merged: Value;
  readonly domains: Value;
}

/** The merged sequence and each domain's own, a slot for each of their places. */
export function sequencesOf(
  graph: GraphBuilder,
  { items }: GraphHistory,
  {
    sizes: { length, domainLength, domains },
    itemStarts,
  }: {
    readonly sizes: Pick<ChunkSizes, "length" | "domainLength" | "domains">;
    readonly itemStarts: Int32Array;
  },
): GraphSequences {
  const { less, not, both, integer, where, reshape } = arithmetic(graph);
  const merged = latest(graph, { items, counts: less(integer(-1), items), length });
  const own = Array.from({ length: domains }, (_, x) =>
    latest(graph, {
      items,
      counts: both(
        not(less(items, integer(itemStarts[x]!))),
        less(items, integer(itemStarts[x + 1]!)),
      ),
      length: domainLength,
    }),
  );
  /** The slot of every place with an item. */
  const numbered = (places: Value, from: number, count: number) => {
    const numbers = Float32Array.from({ length: count }, (_, i) => from + i);
    const slots = graph.constant(numbers, [1, count], "float32");
    return where(less(integer(-1), places), slots, graph.scalar(-1, "float32"));
  };
  const joined = (values: readonly Value[], size: number) =>
    values.length === 1
      ? values[0]!
      : graph.node("Concat", values, [ANY_SIZE, size], values[0]!.dtype, {
          axis: { kind: "int", value: 1 },
        });
  const ownSlots = own.map((places, x) =>
    numbered(places, length + x * domainLength, domainLength),
  );
  return {
    slots: joined([merged, ...own], length + domains * domainLength),
    merged: numbered(merged, 0, length),
    domains: reshape(
      joined(ownSlots, domains * domainLength),
      [0, domains, domainLength],
      [ANY_SIZE, domains, domainLength],
    ),
  };
}
