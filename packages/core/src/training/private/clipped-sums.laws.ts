import { expect } from "vitest";
import type { FeatureSchema } from "../../data/schema.ts";
import { buildModel, modelConfig } from "../../models/index.ts";
import { streamOf } from "../../random/index.ts";
import { view, type Executor } from "../../tensor/index.ts";
import type { PrivateTraining } from "../private-training.ts";
import { clippedSum, createOracle, normOf } from "./oracle.fixture.ts";
import { roundingReserve } from "./run-size.ts";
import { shuffledUnits } from "./sampling.ts";
import { unitsOf } from "./units.ts";
import {
  ORIGIN,
  plainPrivacy,
  richSchema,
  toySecrets,
  trainerOf,
  world,
} from "./worlds.fixture.ts";

const RATE = 0.5;
const NUM_ROWS = 10;

export interface ClippedCase {
  readonly model: { readonly kind: string };
  readonly unit: "example" | "user";
  readonly clipping: "flat" | "per-layer";
  /** Default: `richSchema`. */
  readonly schema?: FeatureSchema;
}

/**
 * One step of SGD moves everything learned by the clipped sum of gradients that the ordinary program gives
 * for each unit's rows alone. Entries agree to 2e-5 of the bound, the median norm. A step of one unit, all
 * others of its run being padding, is a step as well.
 */
export async function stepsByClippedSums(example: ClippedCase, executor: Executor): Promise<void> {
  const { model, unit, clipping, schema = richSchema } = example;
  const data = world({ schema, numRows: NUM_ROWS, numUsers: 4 });
  const units = unitsOf(data, unit);
  const rowsPerUnit = unit === "example" ? 1 : NUM_ROWS;
  const numTasks = schema.tasks?.length ?? 1;
  const oracle = createOracle({
    model: buildModel(modelConfig.parse(model), schema),
    data,
    loss: {
      loss: { kind: "bce" },
      taskWeights: Array.from({ length: numTasks }, () => 1),
      group: 1,
    },
    executor,
    ...ORIGIN,
  });
  const stepUnits = units.count - 1;
  const chosen = new Int32Array(units.count);
  shuffledUnits(streamOf(1), { numUnits: units.count, perStep: stepUnits })(0, chosen);
  const gradients = [];
  for (const u of chosen.subarray(0, stepUnits))
    gradients.push(
      await oracle.gradientOf([...units.rows.subarray(units.starts[u], units.starts[u + 1])]),
    );
  const norms = gradients.map((gradient) => normOf(gradient)).toSorted((a, b) => a - b);
  const bound = norms[Math.floor(norms.length / 2)]! * 1.0001;
  const privacy: PrivateTraining = {
    ...plainPrivacy,
    unit,
    clipping,
    rowsPerUnit,
    clip: { kind: "fixed", norm: bound },
  };
  const sgd = { kind: "sgd", learningRate: RATE };
  const training = { batchSize: stepUnits * rowsPerUnit, optimiser: sgd, tables: sgd };
  const trainer = await trainerOf({ model, data, training, privacy, executor });
  const before = trainer.snapshot();
  const stop = new AbortController();
  const firstStep = trainer.epoch({
    stream: streamOf(1),
    secrets: toySecrets(1),
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  await expect(firstStep).rejects.toThrow("abort");
  // Gradients are clipped to a little less than the bound.
  const expected = clippedSum(gradients, bound * (1 - roundingReserve(stepUnits)), clipping);
  expect(expected).not.toEqual(clippedSum(gradients, Infinity));
  const after = trainer.snapshot();
  for (const [name, sum] of Object.entries(expected)) {
    const [from, to] = [before, after].map((numbers) =>
      name.startsWith("table:")
        ? numbers[name]!
        : view(trainer.layout, numbers["parameters"]!, name),
    ) as [Float32Array, Float32Array];
    let distance = 0;
    for (let i = 0; i < sum.length; i++) {
      const moved = ((from[i]! - to[i]!) * stepUnits) / RATE;
      distance = Math.max(distance, Math.abs(moved - sum[i]!));
    }
    expect(distance, name).toBeLessThan(2e-5 * bound);
  }
  await trainer.epoch({ stream: streamOf(2), secrets: toySecrets(2) });
  expect(trainer.steps).toBe(3);
  await trainer.close();
}
