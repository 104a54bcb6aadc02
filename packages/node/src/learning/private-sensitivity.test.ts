import { describe, expect, test } from "vitest";
import {
  createSums,
  distance,
  oneUnitMovesSumsByTheBound,
} from "../../../core/src/training/private/sensitivity.laws.ts";
import { richSchema } from "../../../core/src/training/private/worlds.fixture.ts";
import { onnxExecutor } from "../executor/index.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });
const deepfm = { kind: "deepfm", width: 4, hidden: [40, 30], embeddingStd: 0.5 };

describe("one unit moves clipped sums by at most the bound", () => {
  test.each([
    { unit: "an example", units: 9, rowsPerUnit: 1, clipping: "flat" },
    { unit: "a user", units: 5, rowsPerUnit: 4, clipping: "flat" },
    { unit: "a user, by layer", units: 5, rowsPerUnit: 4, clipping: "per-layer" },
  ] as const)("$unit", async (example) => {
    await oneUnitMovesSumsByTheBound({ ...example, model: deepfm, schema: richSchema, executor });
  });
});

test("a full run of gradients that are all the same is off by less than 2^-19 of the bound for each", async () => {
  const units = 512;
  const bound = 0.01;
  const sums = await createSums({ model: deepfm, units, rowsPerUnit: 1, executor });
  const { rows, label } = sums.data.train;
  rows.categorical.forEach((_, i) => (rows.categorical[i] = rows.categorical[i % 2]!));
  label.fill(1);
  for (const price of [3.7, 0.123, 77]) {
    rows.numeric.fill(price);
    const one = await sums.of([0], bound);
    const all = await sums.of([...Array(units).keys()], bound);
    const error = distance(
      all,
      one.map((value) => value * units),
    );
    expect(error).toBeLessThan(units * 2 ** -19 * bound);
    expect(error).toBeGreaterThan(0);
  }
  await sums.close();
});
