import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import fixtures from "./__fixtures__/batch-norm.json" with { type: "json" };
import { arrayOf } from "./arrays.ts";
import { batchNorm } from "./batch-norm.ts";
import { run } from "./run.fixture.ts";

const WIDTH = 3;
const BATCH = 5;
const norm = batchNorm("norm", WIDTH);

/** One batch, filled up to BATCH rows with padding that would spoil every statistic if it counted. */
async function normalise(
  rows: readonly (readonly number[])[],
  state: { readonly mean: readonly number[]; readonly variance: readonly number[] },
  mode: "train" | "predict",
) {
  const missing = Array.from({ length: BATCH - rows.length }, (_, i) => i);
  const outputs = await run(
    (arrays) => {
      const after = norm.forward(
        { parameters: arrays, state: arrays, weight: arrayOf(arrays, "weight"), mode },
        arrayOf(arrays, "x"),
      );
      return {
        y: after.x,
        mean: arrayOf(after.state, "norm/mean"),
        variance: arrayOf(after.state, "norm/variance"),
        loss: np.sum(after.x.mul(arrayOf(arrays, "cotangent"))),
      };
    },
    {
      inputs: {
        x: [...rows, ...missing.map((i) => [1e3 + i, -1e3, 7 * i])],
        weight: [...rows.map((_, i) => 1 + i), ...missing.map(() => 0)],
        // The cotangent of padding is 0, for losses are weighted.
        cotangent: [
          ...rows.map((row, i) => row.map((_, j) => Math.cos(i + 2 * j))),
          ...missing.map(() => [0, 0, 0]),
        ],
        "norm/scale": fixtures.scale,
        "norm/shift": fixtures.shift,
        "norm/mean": state.mean,
        "norm/variance": state.variance,
      },
      wrt: ["x"],
    },
  );
  const real = rows.length * WIDTH;
  return {
    y: outputs["y"]!.slice(0, real),
    mean: outputs["mean"]!,
    variance: outputs["variance"]!,
    gradient: outputs["gradient:x"]!.slice(0, real),
    gradientOfPadding: outputs["gradient:x"]!.slice(real),
  };
}

function expectNear(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
}

test("three batches with padding follow PyTorch on the rows without it", async () => {
  let state = { mean: [0, 0, 0], variance: [1, 1, 1] };
  for (const step of fixtures.steps) {
    const after = await normalise(step.x, state, "train");
    expectNear(after.y, step.y.flat());
    expectNear(after.mean, step.mean);
    expectNear(after.variance, step.variance);
    expectNear(after.gradient, step.gradient.flat());
    expect(after.gradientOfPadding.every((g) => g === 0)).toBe(true);
    state = after;
  }
  const predicted = await normalise(fixtures.evaluated.x, state, "predict");
  expectNear(predicted.y, fixtures.evaluated.y.flat());
  expect(predicted.mean).toEqual(state.mean);
  expect(predicted.variance).toEqual(state.variance);
});

test("a batch of one row stays finite: the shift comes out, and its variance counts as 0", async () => {
  const fresh = { mean: [0, 0, 0], variance: [1, 1, 1] };
  const after = await normalise([[4, -1, 2]], fresh, "train");
  expectNear(after.y, fixtures.shift);
  expectNear(after.mean, [0.4, -0.1, 0.2]);
  expectNear(after.variance, [0.9, 0.9, 0.9]);
});

test("scale, shift and running statistics are of the role `normalisation`", () => {
  for (const spec of [...norm.parameters, ...norm.state]) {
    expect(spec.role).toBe("normalisation");
    expect(spec.shape).toEqual([WIDTH]);
  }
});
