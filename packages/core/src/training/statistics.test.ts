import { numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { trainingBatches, createBatch, type TrainingData } from "../data/index.ts";
import { createArena } from "../kernels/index.ts";
import type { Model } from "../models/index.ts";
import { linear, mlp } from "../nn/index.ts";
import { streamOf } from "../random/index.ts";
import { jaxExecutor, view } from "../tensor/index.ts";
import { trainingConfig } from "./config.ts";
import { statisticsPass } from "./statistics.ts";
import { createTrainer, type Trainer } from "./trainer.ts";

const [ROWS, WIDTH] = [53, 2];
const hidden = [3, 2];
const tower = mlp("tower", { inputs: WIDTH, hidden, batchNorm: true, dropout: 0.5 });
const head = linear("head", { inputs: 2, outputs: 1 });

/** Two normalised layers with dropout on two numbers. */
const model: Model = {
  kind: "normed",
  parameters: [...tower.parameters, ...head.parameters],
  state: tower.state,
  dropout: tower.masks,
  embeddings: [],
  forward: (inputs) => {
    const { x, state } = tower.forward(inputs, inputs.numeric ?? np.zeros([1, WIDTH]));
    return { logits: head.forward(inputs.parameters, x).reshape([-1]), state };
  },
};

/** Some rows weigh nothing: they are in no statistic. */
const weights = Float32Array.from({ length: ROWS }, (_, i) => (i % 9 === 4 ? 0 : 1 + (i % 2)));
const rows = {
  numRows: ROWS,
  categorical: new Int32Array(0),
  numeric: Float32Array.from({ length: ROWS * WIDTH }, (_, i) => 3 + Math.sin(i * i) * (1 + i / 9)),
};
const train = {
  numRows: ROWS,
  rows,
  at: Int32Array.from({ length: ROWS }, (_, i) => i),
  weight: weights,
  label: Float32Array.from({ length: ROWS }, (_, i) => i % 2),
  user: new Int32Array(ROWS),
};
const data: TrainingData = {
  schema: {
    categorical: [],
    numeric: [
      { name: "a", of: "context" },
      { name: "b", of: "context" },
    ],
  },
  train,
  parts: [],
};

const trainerOf = (batchSize: number): Promise<Trainer> =>
  createTrainer({
    model,
    data,
    config: trainingConfig.parse({ batchSize, optimiser: { kind: "adam", learningRate: 0.05 } }),
    executor: jaxExecutor({ device: "cpu" }),
    seed: 4,
    party: "de",
  });

/** Mean and unbiased variance of each column, and what training makes of it: relu(normalised). */
function normalised(x: readonly (readonly number[])[], of: Trainer, layer: number) {
  const values = (name: string) => view(of.layout, of.parameters, `tower/${layer}/${name}`);
  const [weight, scale, shift] = [values("weight"), values("norm/scale"), values("norm/shift")];
  const outputs = hidden[layer]!;
  const z = x.map((row) =>
    Array.from({ length: outputs }, (_, j) =>
      row.reduce((sum, value, i) => sum + value * weight[i * outputs + j]!, 0),
    ),
  );
  const n = x.length;
  const mean = Array.from({ length: outputs }, (_, j) => z.reduce((s, row) => s + row[j]!, 0) / n);
  const squares = mean.map((m, j) => z.reduce((s, row) => s + (row[j]! - m) ** 2, 0));
  const after = z.map((row) =>
    row.map((value, j) =>
      Math.max(0, (scale[j]! * (value - mean[j]!)) / Math.sqrt(squares[j]! / n + 1e-5) + shift[j]!),
    ),
  );
  return { mean, variance: squares.map((sum) => sum / (n - 1)), after };
}

/** The statistics of both layers in the order of the state, of rows that make up one batch. */
function statisticsOf(x: readonly (readonly number[])[], of: Trainer): number[] {
  const first = normalised(x, of, 0);
  const second = normalised(first.after, of, 1);
  return [first, second].flatMap(({ mean, variance }) => [...mean, ...variance]);
}

const rowOf = (numeric: Float32Array, i: number) =>
  Array.from(numeric.subarray(i * WIDTH, (i + 1) * WIDTH));

async function trained(batchSize: number): Promise<Trainer> {
  const trainer = await trainerOf(batchSize);
  for (let pass = 0; pass < 2; pass++) await trainer.epoch({ stream: streamOf(1, pass) });
  return trainer;
}

const closeTo = (actual: Float32Array, expected: readonly number[]) =>
  expected.forEach((value, i) =>
    expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value))),
  );

describe("statistics taken anew", () => {
  test("of one batch are those of the rows that count, in both layers, nothing dropped", async () => {
    const trainer = await trained(64);
    const x = train.at.values().filter((i) => weights[i]! > 0);
    const expected = statisticsOf(
      Array.from(x, (i) => rowOf(rows.numeric, i)),
      trainer,
    );
    // What followed the passes is far from it.
    expect(Math.abs(trainer.state[0]! - expected[0]!)).toBeGreaterThan(0.05);
    await trainer.refreshStatistics({ stream: streamOf(2) });
    closeTo(trainer.state, expected);
    await trainer.close();
  });

  test("of several batches are their means by rows, near those of all rows", async () => {
    const trainer = await trained(8);
    await trainer.refreshStatistics({ stream: streamOf(2) });
    const batch = createBatch(data.schema, 8, createArena());
    const sums = Array.from({ length: 10 }, () => 0);
    const sizes: number[] = [];
    for (const { weight, numeric } of trainingBatches(data, {
      buffers: [batch],
      random: streamOf(2),
    })) {
      const counting = [...weight.keys()].filter((i) => weight[i]! > 0);
      sizes.push(counting.length);
      const x = counting.map((i) => rowOf(numeric, i));
      statisticsOf(x, trainer).forEach((value, i) => (sums[i]! += value * x.length));
    }
    const numRows = sizes.reduce((a, b) => a + b);
    expect(numRows).toBe(weights.filter((weight) => weight > 0).length);
    // Batches of several sizes, so that their plain mean would be another.
    expect(new Set(sizes).size).toBeGreaterThan(1);
    const means = sums.map((sum) => sum / numRows);
    closeTo(trainer.state, means);
    const all = Array.from({ length: ROWS }, (_, i) => i).filter((i) => weights[i]! > 0);
    const x = all.map((i) => rowOf(rows.numeric, i));
    const population = normalised(x, trainer, 0);
    // The first layer's means are those of the population, whatever the batches.
    closeTo(trainer.state.slice(0, 3), population.mean);
    population.variance.forEach((value, j) =>
      expect(trainer.state[3 + j]! / value).toSatisfy(
        (share: number) => share > 0.7 && share < 1.3,
      ),
    );
    await trainer.close();
  });

  test("change nothing else, and training goes on from them as from any state", async () => {
    const [refreshed, plain] = [await trained(8), await trained(8)];
    await refreshed.refreshStatistics({ stream: streamOf(2) });
    const { state } = refreshed.snapshot();
    expect(state).not.toEqual(plain.snapshot()["state"]);
    refreshed.state.set(plain.state);
    expect(refreshed.save()).toEqual(plain.save());
    expect(refreshed.steps).toBe(14);
    const loss = (trainer: Trainer) => trainer.epoch({ stream: streamOf(3) });
    expect(await loss(refreshed)).toBe(await loss(plain));
    expect(refreshed.save()).toEqual(plain.save());
    await Promise.all([refreshed.close(), plain.close()]);
  });

  test("are the same from any state, and again", async () => {
    const trainer = await trained(8);
    await trainer.refreshStatistics({ stream: streamOf(2) });
    const first = trainer.state.slice();
    trainer.state.fill(77);
    await trainer.refreshStatistics({ stream: streamOf(2) });
    expect(trainer.state).toEqual(first);
    await trainer.close();
  });

  test("stay as they were when the pass is aborted or diverges", async () => {
    const trainer = await trained(8);
    const before = trainer.state.slice();
    const signal = AbortSignal.abort();
    await expect(trainer.refreshStatistics({ stream: streamOf(2), signal })).rejects.toThrow(
      "aborted",
    );
    expect(trainer.state).toEqual(before);
    trainer.parameters.fill(NaN);
    await expect(trainer.refreshStatistics({ stream: streamOf(2) })).rejects.toThrow(
      'client "de": the loss became NaN',
    );
    expect(trainer.state).toEqual(before);
    await trainer.close();
  });
});

test("a statistic counts the batches that moved it; a batch of one row, and no batch, move none", async () => {
  const state = Float32Array.of(5, 6, 7);
  const next = new Float32Array(3);
  /** As a layer of momentum 0.1 would: undefined rests. */
  const run = (batch: readonly (number | undefined)[]) =>
    batch.forEach((value, i) => {
      const was = state[i]!;
      next[i] = value === undefined ? was : was + (value - was) * 0.1;
    });
  await statisticsPass(state, next).take((add) => {
    run([1, undefined, 0.5]);
    add(Float32Array.of(1, 1, 0.5, 0));
    run([100, 100, 100]);
    add(Float32Array.of(0, 1));
    run([4, undefined, -2]);
    add(Float32Array.of(2, 2));
    return Promise.resolve();
  });
  expect(state[0]).toBeCloseTo((3 * 1 + 2 * 4) / 5, 6);
  expect(state[1]).toBe(6);
  expect(state[2]).toBeCloseTo((3 * 0.5 + 2 * -2) / 5, 6);
});

test("a model without statistics makes no pass", async () => {
  const none = new Float32Array(0);
  await statisticsPass(none, none).take(() => Promise.reject(new Error("a pass was made")));
});
