import type { ItemWeights, Neighbours, Positives } from "../../models/collaborative/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../tensor/index.ts";
import { toDouble } from "./scores-graph.ts";

const CAST_INTEGER = { to: { kind: "int", value: 7 } } as const;
const CAST_BOOL = { to: { kind: "int", value: 9 } } as const;
const DROP_AXIS = { keepdims: { kind: "int", value: 0 } } as const;

/** A list of items for each row: [batch, any] numbers, and which of them are there. */
export interface ItemLists {
  readonly items: Value;
  readonly isThere: Value;
}

/** What the items of a list say together for an item, [batch] doubles. */
export type SumOfItems = (item: Value, lists: ItemLists) => Value;

/** The sum of B_ji over the items j of a list, each of which stands there once. */
export function sumOfWeights(graph: GraphBuilder, { numItems, weights }: ItemWeights): SumOfItems {
  const table = graph.constant(Float32Array.from(weights), [weights.length], "float32");
  return (item, { items, isThere }) => {
    const { shape } = items;
    const starts = graph.node(
      "Mul",
      [asColumn(graph, item), graph.scalar(numItems, "int64")],
      [ANY_SIZE, 1],
      "int64",
    );
    const at = graph.node("Add", [starts, items], shape, "int64");
    const found = toDouble(graph, graph.node("Gather", [table, at], shape, "float32"));
    const own = graph.node("Where", [isThere, found, graph.scalar(0, "float64")], shape, "float64");
    return graph.node("ReduceSum", [own, graph.integers([1])], [ANY_SIZE], "float64", DROP_AXIS);
  };
}

/** The sum of s(i, j) over those of item i's neighbours j that a list holds. */
export function sumOfNeighbours(
  graph: GraphBuilder,
  { offsets, items: near, weights }: Neighbours,
): SumOfItems {
  const numItems = offsets.length - 1;
  const most = offsets.reduce((width, end, i) => Math.max(width, end - (offsets[i - 1] ?? 0)), 1);
  const ids = new Int32Array(numItems * most).fill(-1);
  const similarities = new Float64Array(numItems * most);
  for (let i = 0; i < numItems; i++) {
    ids.set(near.subarray(offsets[i], offsets[i + 1]), i * most);
    similarities.set(weights.subarray(offsets[i], offsets[i + 1]), i * most);
  }
  const idTable = graph.constant(ids, [numItems, most], "int32");
  const similarityTable = graph.constant(similarities, [numItems, most], "float64");
  return (item, { items, isThere }) => {
    const neighbours = graph.node(
      "Unsqueeze",
      [graph.node("Gather", [idTable, item], [ANY_SIZE, most], "int32"), graph.integers([2])],
      [ANY_SIZE, most, 1],
      "int32",
    );
    // No neighbour has the number -2.
    const listed = graph.node(
      "Where",
      [isThere, items, graph.scalar(-2, "int64")],
      items.shape,
      "int64",
    );
    const narrow = graph.node("Cast", [listed], items.shape, "int32", {
      to: { kind: "int", value: 6 },
    });
    const wide = graph.node(
      "Unsqueeze",
      [narrow, graph.integers([1])],
      [ANY_SIZE, 1, ANY_SIZE],
      "int32",
    );
    const isEqual = graph.node("Equal", [neighbours, wide], [ANY_SIZE, most, ANY_SIZE], "bool");
    const isListed = anyOf(graph, isEqual, 2);
    const similar = graph.node("Gather", [similarityTable, item], [ANY_SIZE, most], "float64");
    const own = graph.node(
      "Where",
      [isListed, similar, graph.scalar(0, "float64")],
      [ANY_SIZE, most],
      "float64",
    );
    return graph.node("ReduceSum", [own, graph.integers([1])], [ANY_SIZE], "float64", DROP_AXIS);
  };
}

/** The items that each row's user chose in training: as long as the longest list of the batch. */
export function trainingItems(
  graph: GraphBuilder,
  { offsets, items }: Positives,
  user: Value,
): ItemLists {
  const ends = graph.constant(offsets, [offsets.length], "int32");
  // A table has at least one entry; nothing reads this one.
  const all = items.length === 0 ? Int32Array.of(0) : items;
  const table = graph.constant(all, [all.length], "int32");
  const wide = [ANY_SIZE, ANY_SIZE];
  const integer = (operator: string, inputs: readonly Value[], shape: readonly number[]) =>
    graph.node(operator, inputs, shape, "int64");
  const one = graph.scalar(1, "int64");
  const placeOf = (row: Value) =>
    graph.node(
      "Cast",
      [graph.node("Gather", [ends, row], [ANY_SIZE], "int32")],
      [ANY_SIZE],
      "int64",
      CAST_INTEGER,
    );
  const start = placeOf(user);
  const size = integer(
    "Sub",
    [placeOf(integer("Add", [user, one], [ANY_SIZE])), start],
    [ANY_SIZE],
  );
  const longest = graph.node("ReduceMax", [size, graph.integers([0])], [], "int64", DROP_AXIS);
  const zero = graph.scalar(0, "int64");
  const steps = integer("Range", [zero, integer("Max", [longest, one], []), one], [ANY_SIZE]);
  const isThere = graph.node("Less", [steps, asColumn(graph, size)], wide, "bool");
  const at = integer(
    "Where",
    [isThere, integer("Add", [asColumn(graph, start), steps], wide), zero],
    wide,
  );
  const found = graph.node("Gather", [table, at], wide, "int32");
  return { items: graph.node("Cast", [found], wide, "int64", CAST_INTEGER), isThere };
}

/** The items of given histories, [batch, length] table rows: each where it stands first. */
export function givenItems(graph: GraphBuilder, rows: Value, unseenRow: number): ItemLists {
  const { shape } = rows;
  const length = shape[1]!;
  const cube = [ANY_SIZE, length, length];
  const isValue = graph.node("Less", [graph.scalar(0, "int64"), rows], shape, "bool");
  const isEqual = graph.node(
    "Equal",
    [
      graph.node("Unsqueeze", [rows, graph.integers([2])], [ANY_SIZE, length, 1], "int64"),
      graph.node("Unsqueeze", [rows, graph.integers([1])], [ANY_SIZE, 1, length], "int64"),
    ],
    cube,
    "bool",
  );
  const earlier = Uint8Array.from({ length: length ** 2 }, (_, at) =>
    at % length < Math.floor(at / length) ? 1 : 0,
  );
  const isRepeat = graph.node(
    "And",
    [isEqual, graph.constant(earlier, [length, length], "bool")],
    cube,
    "bool",
  );
  const isFirst = graph.node("Not", [anyOf(graph, isRepeat, 2)], shape, "bool");
  const isThere = graph.node("And", [isValue, isFirst], shape, "bool");
  const numbers = graph.node("Sub", [rows, graph.scalar(unseenRow, "int64")], shape, "int64");
  const items = graph.node("Where", [isThere, numbers, graph.scalar(0, "int64")], shape, "int64");
  return { items, isThere };
}

/** Whether any along an axis is true, without that axis. */
export function anyOf(graph: GraphBuilder, values: Value, axis: number): Value {
  const shape = values.shape.toSpliced(axis, 1);
  const numbers = graph.node("Cast", [values], values.shape, "int32", {
    to: { kind: "int", value: 6 },
  });
  const most = graph.node(
    "ReduceMax",
    [numbers, graph.integers([axis])],
    shape,
    "int32",
    DROP_AXIS,
  );
  return graph.node("Cast", [most], shape, "bool", CAST_BOOL);
}

function asColumn(graph: GraphBuilder, values: Value): Value {
  return graph.node("Unsqueeze", [values, graph.integers([1])], [ANY_SIZE, 1], values.dtype);
}
