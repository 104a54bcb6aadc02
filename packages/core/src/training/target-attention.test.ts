import { test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { learnsByHeart } from "./by-heart.laws.ts";

const schema: FeatureSchema = {
  categorical: [
    { name: "item", of: "item", numRows: 6 },
    { name: "history", of: "user", numRows: 6, length: 3, vocabulary: "item" },
  ],
  numeric: [],
};

/** [item, ...history], padded at the start: a click where the item was bought before. */
const rows = [
  [2, 0, 3, 2],
  [3, 0, 4, 2],
  [4, 5, 3, 4],
  [5, 0, 0, 0],
  [2, 0, 0, 5],
  [3, 3, 4, 5],
  [4, 0, 2, 3],
  [5, 0, 5, 2],
];
const label = Float32Array.of(1, 0, 1, 0, 0, 1, 0, 1);

test.each([false, true])("DIN learns a small set by heart, softmax %s", async (softmax) => {
  const config = { kind: "din", width: 4, softmax, hidden: [16, 8] };
  await learnsByHeart(config, { schema, categorical: rows.flat(), label });
});
