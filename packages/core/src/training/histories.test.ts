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

/** [item, ...history], padded at the start: each history twice, the second time in another order. */
const rows = [
  [2, 0, 3, 4],
  [2, 0, 4, 3],
  [3, 5, 2, 4],
  [3, 4, 2, 5],
  [4, 2, 5, 2],
  [4, 5, 2, 2],
  [5, 0, 2, 3],
  [5, 0, 3, 2],
];
const label = Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1);

const configs = [
  { kind: "gru4rec", width: 8, units: 6, layers: 2, itemBias: true },
  { kind: "sasrec", width: 8, layers: 1, dropout: 0 },
  { kind: "bert4rec", width: 8, layers: 1, dropout: 0 },
];

test.each(configs)("$kind learns a small set of histories by heart", async (config) => {
  await learnsByHeart(
    { ...config, embeddingStd: 0.3 },
    { schema, categorical: rows.flat(), label },
  );
});
