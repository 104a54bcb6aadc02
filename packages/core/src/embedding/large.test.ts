import { expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { createArena } from "../kernels/index.ts";
import { streamOf } from "../random/index.ts";
import { gather } from "./gather.ts";
import { createLookup, distinguish, lookUp } from "./lookup.ts";
import { makeTableOptimiser } from "./optimisers/registry.ts";
import { sumByRow } from "./row-gradients.ts";
import { createTable } from "./table.ts";

const NUM_ROWS = 10_000_000;
const schema: FeatureSchema = {
  categorical: [{ name: "item", of: "item", numRows: NUM_ROWS }],
  numeric: [],
};

test("a table of ten million rows and its Adam moments, 2.4 GB, train at both ends", () => {
  const width = 20;
  const arena = createArena();
  // Zeros as they come: memory that nobody touches is not there.
  const spec = { name: "deep", features: ["item"], width, init: () => undefined };
  const table = createTable(spec, schema, streamOf(1), arena);
  const rule = makeTableOptimiser({ kind: "lazy-adam", learningRate: 0.1, weightDecay: 0 });
  const state = rule.init(table);
  expect(arena.address(state.moments["square"]!)).toBeGreaterThan(1.6e9);

  const lookup = createLookup(table, 4);
  const categorical = arena.int32(4);
  categorical.set([1, NUM_ROWS - 1, 5_000_000, NUM_ROWS - 1]);
  lookUp(lookup, categorical, 4);
  distinguish(lookup);
  const gradient = arena.float32(4 * width).fill(-3);
  const step = sumByRow(lookup, gradient, arena.float32(4 * width));
  expect([...step.rows.subarray(0, step.count)]).toEqual([1, NUM_ROWS - 1, 5_000_000]);
  rule.step(table, step, state);

  const out = arena.float32(4 * width);
  gather(lookup, out);
  // The first step of Adam is the learning rate against the sign of the gradient.
  for (const value of out) expect(value).toBeCloseTo(0.1, 6);
  expect(table.values[2 * width]).toBe(0);
  expect(table.values[(NUM_ROWS - 1) * width - 1]).toBe(0);
  // Row n - 1 was seen twice: its mean gradient is that of the sum.
  expect(state.moments["mean"]!.at(-1)).toBeCloseTo(-0.6, 6);
});
