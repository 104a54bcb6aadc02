import { expect } from "vitest";
import type { TrainingData } from "../../data/index.ts";
import type { FeatureSchema } from "../../data/schema.ts";
import { streamOf } from "../../random/index.ts";
import { view, type Executor } from "../../tensor/index.ts";
import fixtures from "./__fixtures__/dp-sgd.json" with { type: "json" };
import { toySecrets, trainerOf } from "./worlds.fixture.ts";

/** Everything that benchmarks/reference/dp_sgd.py trained. */
export const referenceCases = fixtures.cases;

const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: fixtures.sizes.user },
    { name: "item", of: "item", numRows: fixtures.sizes.item },
    { name: "tags", of: "item", numRows: fixtures.sizes.tags, length: 3, pooling: "mean" },
  ],
  numeric: [
    { name: "a", of: "context" },
    { name: "b", of: "context" },
  ],
};

const data: TrainingData = {
  schema,
  train: {
    numRows: fixtures.numRows,
    rows: {
      numRows: fixtures.numRows,
      categorical: Int32Array.from(fixtures.categorical),
      numeric: Float32Array.from(fixtures.numeric),
    },
    at: Int32Array.from({ length: fixtures.numRows }, (_, row) => row),
    label: Float32Array.from(fixtures.label),
    user: Int32Array.from(fixtures.user),
  },
  parts: [],
};

const models: Readonly<Record<string, unknown>> = {
  lr: { kind: "lr" },
  deepfm: { kind: "deepfm", width: fixtures.width, hidden: fixtures.hidden },
};

/** Steps over all units, without noise, end where PyTorch's do, which clips gradients one by one. */
export async function trainsAsPyTorch(
  example: (typeof referenceCases)[number],
  executor: Executor,
): Promise<void> {
  const { model, bound, optimiser } = example;
  const unit = example.unit as "example" | "user";
  const rowsPerUnit = unit === "user" ? fixtures.numRows : 1;
  const numUnits = unit === "user" ? new Set(fixtures.user).size : fixtures.numRows;
  const settings = { kind: optimiser, learningRate: 0.1 };
  const trainer = await trainerOf({
    model: models[model],
    data,
    training: { batchSize: numUnits * rowsPerUnit, optimiser: settings, tables: settings },
    privacy: {
      unit,
      rowsPerUnit,
      clip: { kind: "fixed", norm: bound },
      clipping: example.clipping as "flat" | "per-layer",
      noiseMultiplier: 0,
      sampling: "poisson", // of rate 1
    },
    executor,
  });
  const learnedOf = (name: string) => {
    const { layout, parameters } = trainer;
    if (!name.startsWith("table:")) return [view(layout, parameters, name)];
    return schema.categorical.map((feature) =>
      trainer.tableRows(name.slice("table:".length), feature.name),
    );
  };
  const start: Record<string, readonly number[]> =
    fixtures.start[model as keyof typeof fixtures.start];
  for (const [name, values] of Object.entries(start)) {
    let at = 0;
    for (const part of learnedOf(name)) {
      part.set(values.slice(at, at + part.length));
      at += part.length;
    }
    expect(at).toBe(values.length);
  }
  for (let step = 1; step <= fixtures.steps; step++)
    await trainer.epoch({ stream: streamOf(step), secrets: toySecrets(step) });
  expect(trainer.steps).toBe(fixtures.steps);
  for (const [name, expected] of Object.entries(example.after)) {
    const values = learnedOf(name).flatMap((part) => [...part]);
    expect(values).toHaveLength(expected.length);
    values.forEach((value, i) => expect(Math.abs(value - expected[i]!), name).toBeLessThan(3e-6));
  }
  await trainer.close();
}
