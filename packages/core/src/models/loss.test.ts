import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compile, jaxExecutor, type TensorSpec } from "../tensor/index.ts";
import { lossOf, summedLoss, type LossOptions } from "./loss.ts";

const specs = (shape: readonly number[]): TensorSpec[] => [
  { name: "z", shape, dtype: "float32" },
  { name: "y", shape, dtype: "float32" },
  { name: "w", shape: [shape[0]!], dtype: "float32" },
];

async function valueOf(
  fn: (z: np.Array, y: np.Array, w: np.Array) => np.Array,
  shape: readonly number[],
  arrays: {
    readonly z: readonly number[];
    readonly y: readonly number[];
    readonly w: readonly number[];
  },
): Promise<number> {
  const program = compile({
    name: "loss",
    fn: ({ z, y, w }) => ({ loss: fn(z!, y!, w!) }),
    inputs: specs(shape),
  });
  const loaded = await jaxExecutor({ device: "cpu" }).load(program);
  const inputs = Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const { loss } = await loaded.run(inputs);
  await loaded.release();
  return loss![0]!;
}

const entropy = (z: number, y: number) => Math.log1p(Math.exp(y === 1 ? -z : z));

test("the summed loss adds what each row has to say: the mean times the weights", async () => {
  const options: LossOptions = { loss: { kind: "bce" }, taskWeights: [3], group: 1 };
  const arrays = { z: [0.3, -2, 1], y: [1, 0, 0], w: [1, 2, 0.5] };
  const sum = 3 * (entropy(0.3, 1) + 2 * entropy(-2, 0) + 0.5 * entropy(1, 0));
  const summed = await valueOf((...given) => summedLoss(options, ...given), [3], arrays);
  expect(summed).toBeCloseTo(sum, 4);
  const mean = await valueOf((...given) => lossOf(options, ...given), [3], arrays);
  expect(mean).toBeCloseTo(sum / 3.5, 4);
});

test("labels that are not known add nothing, whatever else is known of the row", async () => {
  const options = { loss: { kind: "bce" }, taskWeights: [1, 2] } as const;
  const arrays = { z: [0.3, -2, 1, 0.5], y: [1, -1, 0, 1], w: [1, 0.25] };
  const sum = entropy(0.3, 1) + 0.25 * (entropy(1, 0) + 2 * entropy(0.5, 1));
  const summed = await valueOf((...given) => summedLoss(options, ...given), [2, 2], arrays);
  expect(summed).toBeCloseTo(sum, 4);
});

test("losses that compare rows have no sum over rows", () => {
  const one = np.ones([2]);
  expect(() => summedLoss({ loss: { kind: "bpr" }, taskWeights: [1] }, one, one, one)).toThrow(
    RangeError,
  );
});
