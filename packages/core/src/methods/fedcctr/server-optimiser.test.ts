import { expect, test } from "vitest";
import { makeServerOptimiser, rateOf, type ServerOptimiserConfig } from "./server-optimiser.ts";

const fedadam: ServerOptimiserConfig = {
  kind: "fedadam",
  learningRate: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  warmup: 0,
  decay: "none",
};
const sgd: ServerOptimiserConfig = {
  kind: "sgd",
  learningRate: 0.5,
  momentum: 0.9,
  warmup: 0,
  decay: "none",
};

test("two rounds of fedadam by hand", () => {
  const optimiser = makeServerOptimiser(fedadam, { rounds: 10 });
  const memory = optimiser.init(1);
  const values = Float32Array.of(1);
  optimiser.step(values, Float64Array.of(2), { memory, round: 0 });
  // Corrected, the first step is the sign of the gradient.
  expect(values[0]).toBeCloseTo(0.9, 7);
  optimiser.step(values, Float64Array.of(-1), { memory, round: 1 });
  const mean = (0.9 * 0.2 - 0.1) / (1 - 0.9 ** 2);
  const square = (0.99 * 0.04 + 0.01) / (1 - 0.99 ** 2);
  expect(values[0]).toBeCloseTo(0.9 - (0.1 * mean) / Math.sqrt(square), 6);
});

test("two rounds of gradient descent with momentum by hand", () => {
  const optimiser = makeServerOptimiser(sgd, { rounds: 10 });
  const memory = optimiser.init(2);
  const values = Float32Array.of(1, 0);
  optimiser.step(values, Float64Array.of(0.5, -1), { memory, round: 0 });
  expect([...values]).toEqual([0.75, 0.5]);
  optimiser.step(values, Float64Array.of(0, 0.5), { memory, round: 1 });
  expect(values[0]).toBeCloseTo(0.75 - 0.5 * 0.45, 7);
  expect(values[1]).toBeCloseTo(0.5 - 0.5 * (0.5 - 0.9), 7);
});

test("rates go up over the warm-up and down along a cosine", () => {
  const config: ServerOptimiserConfig = { ...fedadam, warmup: 4, decay: "cosine" };
  const rates = [0, 3, 5, 10].map((round) => rateOf(config, round, 10));
  expect(rates[0]).toBeCloseTo(0.1 / 4, 12);
  expect(rates[1]).toBeCloseTo((0.1 * (1 + Math.cos(0.3 * Math.PI))) / 2, 12);
  expect(rates[2]).toBeCloseTo(0.05, 12);
  expect(rates[3]).toBeCloseTo(0, 12);
  expect(rateOf(sgd, 7, 10)).toBe(0.5);
});
