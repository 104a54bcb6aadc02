import * as fc from "fast-check";
import { expect } from "vitest";
import type { TrainingData } from "../../data/index.ts";
import { buildModel, modelConfig } from "../../models/index.ts";
import { streamOf, uniform } from "../../random/index.ts";
import type { Executor } from "../../tensor/index.ts";
import { createLearned } from "../learned.ts";
import { createClippedStep } from "./clipped-step.ts";
import { unitFiller } from "./fill-units.ts";
import { noisySum } from "./noisy-sum.ts";
import { roundingReserve } from "./run-size.ts";
import { ORIGIN, plainSchema, world } from "./worlds.fixture.ts";

/** What is given to the program so that one unit moves a sum by at most 1. */
const BOUND = 1 - roundingReserve(1);

export interface SumsOptions {
  readonly model: unknown;
  readonly units: number;
  readonly rowsPerUnit: number;
  readonly executor: Executor;
  readonly clipping?: "flat" | "per-layer";
  readonly schema?: TrainingData["schema"];
}

/** Clipped sums of units of rows that are given anew each time, before noise. */
export interface Sums {
  /** Rows [units * rowsPerUnit] of a world, to be written over. */
  readonly data: TrainingData;
  /** The sum over these units, whatever runs beside them. */
  readonly of: (units: readonly number[], bound?: number) => Promise<Float64Array>;
  /** Scales everything that is learned. */
  readonly scale: (factor: number) => void;
  readonly close: () => Promise<void>;
}

export async function createSums(options: SumsOptions): Promise<Sums> {
  const { units, rowsPerUnit, executor, clipping = "flat", schema = plainSchema } = options;
  const data = world({ schema, numRows: units * rowsPerUnit });
  const model = buildModel(modelConfig.parse(options.model), schema);
  const learned = createLearned(model, schema, ORIGIN);
  const step = await createClippedStep({
    model,
    schema,
    executor,
    learned,
    units,
    rowsPerUnit,
    clipping,
    loss: { loss: { kind: "bce" }, taskWeights: [1] },
  });
  const starts = Int32Array.from({ length: units + 1 }, (_, u) => u * rowsPerUnit);
  const rows = Int32Array.from({ length: units * rowsPerUnit }, (_, row) => row);
  const fill = unitFiller(data, { count: units, starts, rows }, rowsPerUnit);
  const sum = noisySum(learned.layout.size, learned.tables);
  const into = learned.tables.map(({ width }, t) => ({
    sums: new Float64Array(sum.rows[t]!.length * width),
  }));
  const dense = new Float64Array(learned.layout.size);
  const numGroups = learned.layout.views.length + learned.tables.length;
  return {
    data,
    of: async (chosen, bound = BOUND) => {
      const [batch] = step.batches;
      fill(batch, Int32Array.from(chosen), streamOf(1));
      step.prepare(batch, undefined);
      step.bound[0] = clipping === "flat" ? bound : bound / Math.sqrt(numGroups);
      await step.run(batch, () => undefined);
      sum.clear();
      sum.add(step.dense, step.tables(batch));
      sum.scaled(1, dense, into);
      return Float64Array.from([...dense, ...into.flatMap(({ sums }) => [...sums])]);
    },
    scale: (factor) => {
      for (const values of [learned.parameters, ...learned.tables.map((table) => table.values)])
        for (let i = 0; i < values.length; i++) values[i]! *= factor;
    },
    close: step.close,
  };
}

export function distance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

/** Numbers small and huge, and rows that all but cancel: copies with other labels. */
const rowsOfUnits = (numRows: number) =>
  fc.record({
    seed: fc.nat(),
    size: fc.constantFrom(1e-3, 1, 1e3, 1e6),
    copies: fc.array(fc.nat(numRows - 1), { minLength: numRows, maxLength: numRows }),
    removed: fc.nat(),
  });

/**
 * Whichever unit is taken away, the sum moves by at most the bound and its reserve, in place of the unit
 * being padding as well as all later units moving up.
 */
export async function oneUnitMovesSumsByTheBound(
  options: SumsOptions,
  numRuns = 40,
): Promise<void> {
  const sums = await createSums(options);
  const { units } = options;
  const all = Array.from({ length: units }, (_, u) => u);
  const { categorical, numeric } = sums.data.train.rows;
  const { label } = sums.data.train;
  const fresh = { categorical: categorical.slice(), numeric: numeric.slice() };
  const width = categorical.length / label.length;
  const numNumeric = numeric.length / label.length;
  let largest = 0;
  await fc.assert(
    fc.asyncProperty(rowsOfUnits(label.length), async ({ seed, size, copies, removed }) => {
      const random = streamOf(seed);
      copies.forEach((from, row) => {
        for (let c = 0; c < width; c++)
          categorical[row * width + c] = fresh.categorical[from * width + c]!;
        for (let n = 0; n < numNumeric; n++)
          numeric[row * numNumeric + n] = size * fresh.numeric[from * numNumeric + n]!;
        label[row] = uniform(random) < 0.5 ? 0 : 1;
      });
      const unit = removed % units;
      const whole = await sums.of(all);
      const without = await sums.of(all.filter((u) => u !== unit));
      const moved = distance(whole, without);
      largest = Math.max(largest, moved);
      expect(moved).toBeLessThanOrEqual(1);
      // The unit by itself.
      const own = await sums.of([unit]);
      expect(Math.sqrt(own.reduce((sum, x) => sum + x * x, 0))).toBeLessThanOrEqual(
        BOUND * (1 + 2 ** -16),
      );
    }),
    { numRuns },
  );
  // Some gradients were clipped: the bound is reached.
  expect(largest).toBeGreaterThan(0.9);
  await sums.close();
}
