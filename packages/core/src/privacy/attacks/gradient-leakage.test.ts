import fc from "fast-check";
import { expect, test } from "vitest";
import { cosineOf, inputOfLinear, labelOfBias, movedRows } from "./gradient-leakage.ts";

/** The gradients of y = x W + b for one example, times a step. */
function gradientsOf(x: readonly number[], d: readonly number[], scale: number) {
  return {
    weight: Float32Array.from(x.flatMap((value) => d.map((own) => scale * value * own))),
    bias: Float32Array.from(d, (own) => scale * own),
  };
}

test("one example's input comes out whole, whatever the learning rate", () => {
  const value = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 6 }),
      fc.array(value, { minLength: 1, maxLength: 5 }),
      fc.constantFrom(-0.5, -1, 0.01),
      (x, d, scale) => {
        fc.pre(Math.hypot(...d) > 1e-2);
        const { weight, bias } = gradientsOf(x, d, scale);
        const found = inputOfLinear(weight, bias)!;
        x.forEach((expected, i) => expect(Math.abs(found[i]! - expected)).toBeLessThan(1e-4));
        if (Math.hypot(...x) > 1e-2) expect(cosineOf(found, x)).toBeGreaterThan(1 - 1e-6);
      },
    ),
  );
});

test("of two examples it is a mean of their inputs, and where nothing moved there is none", () => {
  const first = gradientsOf([1, 0], [1, 0], 1);
  const second = gradientsOf([0, 1], [1, 0], 3);
  const both = inputOfLinear(
    first.weight.map((value, i) => value + second.weight[i]!),
    first.bias.map((value, i) => value + second.bias[i]!),
  )!;
  expect([...both]).toEqual([0.25, 0.75]);
  expect(inputOfLinear(new Float32Array(4), new Float32Array(2))).toBeUndefined();
});

test("a positive pulls the output's bias down, a negative pushes it up", () => {
  for (const p of [0.01, 0.5, 0.99]) {
    expect(labelOfBias(p - 1)).toBe(1);
    expect(labelOfBias(p)).toBe(0);
  }
});

test("moved rows, and cosines of vectors at known angles", () => {
  expect(movedRows(Float64Array.of(0, 0.1, 0, 2))).toEqual([1, 3]);
  expect(cosineOf([1, 0], [0, 3])).toBe(0);
  expect(cosineOf([1, 1], [2, 2])).toBeCloseTo(1, 15);
  expect(cosineOf([1, 0], [-1, 0])).toBe(-1);
});
