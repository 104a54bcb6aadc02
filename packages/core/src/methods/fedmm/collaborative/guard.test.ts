import { expect, test } from "vitest";
import { itemsOfUser } from "../../../data/index.ts";
import { guardEdges } from "./guard.ts";

// Two splits, one after another; rows 0-4 and 5-8.
const splits = [
  { label: new Float32Array(5), train: Int32Array.of(0, 1, 2) },
  { label: new Float32Array(4), train: Int32Array.of(1, 3) },
];
const rows = {
  userOfRow: Int32Array.of(1, 1, 2, 1, 2, 3, 3, 4, 4),
  itemOfRow: Int32Array.of(1, 2, 1, 3, 2, 1, 2, 3, 1),
};
const foldOfRow = Int8Array.of(0, 1, 0, -1, -1, -1, 1, -1, 0);
const trained: readonly (readonly [user: number, item: number])[] = [
  [1, 1],
  [1, 2],
  [2, 1],
  [3, 2],
  [4, 1],
];
const world = (edges: typeof trained) => ({
  numUsers: 5,
  numItems: 4,
  ...itemsOfUser(5, [{ user: edges.map(([u]) => u), item: edges.map(([, i]) => i) }]),
});

test("pairs of training rows, all or some of them, pass", () => {
  expect(() => guardEdges("a", world(trained), splits, rows)).not.toThrow();
  expect(() => guardEdges("a", world(trained.slice(1, 3)), splits, rows)).not.toThrow();
});

test("a pair of a held-out row, or of no row, does not", () => {
  for (const edge of [
    [1, 3],
    [2, 2],
    [3, 1],
    [4, 3],
    [2, 3],
  ] as const)
    expect(() => guardEdges("a", world([...trained, edge]), splits, rows)).toThrow(
      `client "a": the pair of user ${edge[0]} and item ${edge[1]}, as numbered, was handed to a collaborative model, but stands in no training row`,
    );
});

test("a pair that is held out too, but trained as well, passes: it is known from training", () => {
  const both = { ...rows, itemOfRow: rows.itemOfRow.with(3, 1) };
  expect(() => guardEdges("a", world(trained), splits, both)).not.toThrow();
});

test("a pair of the fold that the model does without does not pass", () => {
  const rest = trained.filter((_, i) => i === 1 || i === 3);
  expect(() => guardEdges("a", world(rest), splits, rows, { fold: 0, foldOfRow })).not.toThrow();
  expect(() => guardEdges("a", world(trained), splits, rows, { fold: 1, foldOfRow })).toThrow(
    "the pair of user 1 and item 2, as numbered, was handed to a collaborative model, but belongs to fold 1",
  );
});
