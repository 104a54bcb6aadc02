import type { TextWeights } from "../../../request/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../../tensor/index.ts";
import { arithmetic } from "./arithmetic.ts";
import type { GraphHistory } from "./sequences.ts";

export interface LikenessOptions {
  readonly text: TextWeights;
  readonly decay: number;
  readonly batch: Value;
  readonly history: GraphHistory;
  /** [batch, candidates]: numbers of items, none of them below 0. */
  readonly items: Value;
}

/**
 * How like candidates' texts are to those of a history, [batch, candidates] in doubles: the sum over its items
 * of decay^(place - 1) times the cosine, by a vector over terms for each request, as `textProfile` has it.
 */
export function likeness(
  graph: GraphBuilder,
  { text, decay, batch, history, items }: LikenessOptions,
): Value {
  const { add, subtract, multiply, power, less, cast, where, rowsAt, reduce } = arithmetic(graph);
  const { unsqueeze, reshape, integer, double } = arithmetic(graph);
  const { terms, weights, numEntries } = tablesOf(graph, text);
  const any = [ANY_SIZE, ANY_SIZE];
  // Row 0 is nothing; the term behind all others is nobody's.
  const rows = add(history.items, integer(1));
  const counts = less(integer(-1), history.items);
  const ages = cast(subtract(history.places, integer(1)), "float64");
  const decayed = where(counts, power(double(decay), ages), double(0));
  const added = multiply(rowsAt(weights, rows), unsqueeze(decayed, 2));
  const zeros = graph.node(
    "Expand",
    [
      double(0),
      graph.node("Concat", [batch, graph.integers([text.numTerms + 1])], [2], "int64", {
        axis: { kind: "int", value: 0 },
      }),
    ],
    [ANY_SIZE, text.numTerms + 1],
    "float64",
  );
  const profile = graph.node(
    "ScatterElements",
    [zeros, reshape(rowsAt(terms, rows), [0, -1], any), reshape(added, [0, -1], any)],
    zeros.shape,
    "float64",
    { axis: { kind: "int", value: 1 }, reduction: { kind: "string", value: "add" } },
  );
  const asked = add(items, integer(1));
  const found = graph.node(
    "GatherElements",
    [profile, reshape(rowsAt(terms, asked), [0, -1], any)],
    any,
    "float64",
    { axis: { kind: "int", value: 1 } },
  );
  const wide = reshape(found, [0, -1, numEntries], [ANY_SIZE, ANY_SIZE, numEntries]);
  return reduce("ReduceSum", multiply(wide, rowsAt(weights, asked)), 2);
}

/** Terms and weights of every item, as many places each as the longest text needs; row 0 has none. */
function tablesOf(graph: GraphBuilder, { numTerms, offsets, terms, weights }: TextWeights) {
  const numRows = offsets.length;
  const numEntries = entriesOf({ offsets });
  const placed = new Int32Array(numRows * numEntries).fill(numTerms);
  const weighed = new Float64Array(numRows * numEntries);
  for (let item = 0; item + 1 < numRows; item++)
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++) {
      const at = (item + 1) * numEntries + e - offsets[item]!;
      placed[at] = terms[e]!;
      weighed[at] = weights[e]!;
    }
  return {
    terms: graph.constant(placed, [numRows, numEntries], "int32"),
    weights: graph.constant(weighed, [numRows, numEntries], "float64"),
    numEntries,
  };
}

/** Places that the longest text needs. */
export function entriesOf({ offsets }: Pick<TextWeights, "offsets">): number {
  let most = 1;
  for (let item = 0; item + 1 < offsets.length; item++)
    most = Math.max(most, offsets[item + 1]! - offsets[item]!);
  return most;
}
