import { expect, test } from "vitest";
import { arrayOf } from "./arrays.ts";
import { binaryCrossEntropyWithLogits } from "./losses.ts";
import { run } from "./run.fixture.ts";

/** Loss and slope of the weighted mean. */
async function lossOf(z: readonly number[], y: readonly number[], w: readonly number[]) {
  const outputs = await run(
    (arrays) => ({
      loss: binaryCrossEntropyWithLogits(
        arrayOf(arrays, "z"),
        arrayOf(arrays, "y"),
        arrayOf(arrays, "w"),
      ),
    }),
    { inputs: { z, y, w }, wrt: ["z"] },
  );
  return { loss: outputs["loss"]![0]!, slope: outputs["gradient:z"]! };
}

/** -y log s(z) - (1 - y) log(1 - s(z)), in doubles, through log1p. */
function crossEntropy(z: number, y: number): number {
  const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  return y * softplus(-z) + (1 - y) * softplus(z);
}

test.each([0, 0.3, -2, 4, -15, 80, -1000])("one example at z = %d, for both labels", async (z) => {
  for (const y of [0, 1]) {
    const { loss } = await lossOf([z], [y], [1]);
    const exact = crossEntropy(z, y);
    // jax-js takes logarithms with an error of up to 1.3e-5.
    expect(Math.abs(loss - exact)).toBeLessThan(2e-5 + 1e-6 * exact);
  }
});

test("weights: 1, 3, 0 on losses at hand", async () => {
  const { loss } = await lossOf([0.5, -1, 50], [1, 1, 0], [1, 3, 0]);
  expect(loss).toBeCloseTo((crossEntropy(0.5, 1) + 3 * crossEntropy(-1, 1)) / 4, 4);
});

test("the slope is w (s(z) - y) / sum w, at zero and where exponentials would overflow", async () => {
  const logits = [0, 0, 2, -3, 200, -200, 200, -200];
  const labels = [0, 1, 1, 0, 1, 0, 0, 1];
  const weights = [1, 2, 1, 0.5, 1, 1, 1, 0];
  const total = 7.5;
  const { slope } = await lossOf(logits, labels, weights);
  const expected = logits.map(
    (z, b) => (weights[b]! * (1 / (1 + Math.exp(-z)) - labels[b]!)) / total,
  );
  expect(slope).toHaveLength(8);
  slope.forEach((g, b) => expect(Math.abs(g - expected[b]!)).toBeLessThan(1e-7));
  expect(slope[0]).toBeCloseTo(0.5 / total, 7);
  expect(slope[1]).toBeCloseTo(-1 / total, 7);
});
