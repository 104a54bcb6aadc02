import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { arrayOf } from "./arrays.ts";
import { dice } from "./dice.ts";
import { run } from "./run.fixture.ts";

const bend = dice("d", 2);

/** One batch of two entries per row, with alpha (0.5, -1) and running statistics (0.5, 1) and (4, 0.25). */
function bent(
  x: readonly (readonly number[])[],
  weight: readonly number[],
  mode: "train" | "predict",
) {
  return run(
    (arrays) => {
      const weights = arrayOf(arrays, "weight");
      const after = bend.forward(
        { parameters: arrays, state: arrays, weight: weights, mode },
        arrayOf(arrays, "x"),
      );
      return {
        y: after.x,
        mean: arrayOf(after.state, "d/mean"),
        variance: arrayOf(after.state, "d/variance"),
        loss: np.sum(after.x.mul(weights.reshape([-1, 1]))),
      };
    },
    {
      inputs: { x, weight, "d/alpha": [0.5, -1], "d/mean": [0.5, 1], "d/variance": [4, 0.25] },
      wrt: ["x", "d/alpha"],
    },
  );
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function expectNear(actual: readonly number[] | undefined, expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  expected.forEach((value, i) => expect(actual![i]).toBeCloseTo(value, 5));
}

test("bends at the batch's mean, as softly as its spread; padding does not count", async () => {
  // Entry 0 of the rows that count: 1, 3, 5, mean 3 and variance 8/3. Entry 1: -2, 0, 2, mean 0, the same.
  const rows = [
    [1, -2],
    [3, 0],
    [5, 2],
    [900, -700],
  ];
  const { y, mean, variance, "gradient:d/alpha": alpha } = await bent(rows, [1, 2, 1, 0], "train");
  const p = [-1, 0, 1].map((n) => sigmoid((n * 2) / Math.sqrt(8 / 3 + 1e-8)));
  const expected = rows
    .slice(0, 3)
    .flatMap(([a, b], i) => [p[i]! * a! + (1 - p[i]!) * 0.5 * a!, p[i]! * b! - (1 - p[i]!) * b!]);
  expectNear(y!.slice(0, 6), expected);
  // 0.9 running + 0.1 batch, with the unbiased variance 4.
  expectNear(mean, [0.9 * 0.5 + 0.1 * 3, 0.9]);
  expectNear(variance, [0.9 * 4 + 0.1 * 4, 0.9 * 0.25 + 0.1 * 4]);
  // The slope of sum_b w_b y_b by alpha: sum_b w_b (1 - p_b) x_b.
  const by = (k: 0 | 1) => [1, 2, 1].reduce((sum, w, i) => sum + w * (1 - p[i]!) * rows[i]![k]!, 0);
  expectNear(alpha, [by(0), by(1)]);
});

test("scores by the running statistics", async () => {
  const { y, mean } = await bent([[2.5, 0.5]], [1], "predict");
  const [p, q] = [sigmoid(2 / 2), sigmoid(-0.5 / 0.5)];
  expectNear(y, [p * 2.5 + (1 - p) * 0.5 * 2.5, q * 0.5 - (1 - q) * 0.5]);
  expect(mean).toEqual([0.5, 1]);
});

test("a batch without any row that counts changes nothing and stays finite", async () => {
  const rows = [
    [0, 0],
    [1, -2],
  ];
  const outputs = await bent(rows, [0, 0], "train");
  expect(outputs["mean"]).toEqual([0.5, 1]);
  expect(outputs["variance"]).toEqual([4, 0.25]);
  expect(Object.values(outputs).flat().every(Number.isFinite)).toBe(true);
  expect(outputs["gradient:x"]).toEqual([0, 0, 0, 0]);
});
