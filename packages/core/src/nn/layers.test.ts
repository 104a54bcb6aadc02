import { numpy as np } from "@jax-js/jax";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { gelu, relu } from "./activations.ts";
import { crossNetwork } from "./cross.ts";
import { arrayOf } from "./arrays.ts";
import { linear } from "./linear.ts";
import { mlp } from "./mlp.ts";
import { pairwiseProducts } from "./pairwise.ts";
import { run } from "./run.fixture.ts";

test("relu cuts at 0, where its slope is 0", async () => {
  const outputs = await run(
    (arrays) => {
      const y = relu(arrayOf(arrays, "x"));
      return { y, loss: np.sum(y) };
    },
    { inputs: { x: [-2, 0, 3] }, wrt: ["x"] },
  );
  expect(outputs["y"]).toEqual([0, 0, 3]);
  expect(outputs["gradient:x"]).toEqual([0, 0, 1]);
});

test("gelu takes the form with tanh, as PyTorch's approximate one, and not that with erf", async () => {
  const outputs = await run(
    (arrays) => {
      const y = gelu(arrayOf(arrays, "x"));
      return { y, loss: np.sum(y) };
    },
    { inputs: { x: [-2, -0.5, 0, 0.7, 3] }, wrt: ["x"] },
  );
  // The other form is 1e-4 away at -2, and 4e-4 at 3.
  const y = [-0.0454023059, -0.1542859902, 0, 0.5305701347, 2.9963626079];
  const slopes = [-0.0860992566, 0.1326300965, 0.5, 0.9763572187, 1.0115841666];
  y.forEach((value, i) => expect(outputs["y"]![i]).toBeCloseTo(value, 5));
  slopes.forEach((value, i) => expect(outputs["gradient:x"]![i]).toBeCloseTo(value, 5));
});

test("linear is x W + b, with W stored [in, out]", async () => {
  const layer = linear("fc", { inputs: 2, outputs: 3 });
  expect(layer.parameters.map(({ name, shape }) => [name, shape])).toEqual([
    ["fc/weight", [2, 3]],
    ["fc/bias", [3]],
  ]);
  const inputs = {
    "fc/weight": [
      [1, 2, 3],
      [10, 20, 30],
    ],
    "fc/bias": [0.5, 0, -0.5],
    x: [[1, -1]],
  };
  const { y } = await run((arrays) => ({ y: layer.forward(arrays, arrayOf(arrays, "x")) }), {
    inputs,
  });
  expect(y).toEqual([-8.5, -18, -27.5]);
  expect(() => arrayOf({}, "fc/weight")).toThrow('no array "fc/weight"; there are: none');
});

test("a fresh linear layer is uniform on +-1 / sqrt(inputs), bias included, as in PyTorch", () => {
  const layer = linear("fc", { inputs: 16, outputs: 400 });
  for (const { init, shape } of layer.parameters) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    init(values, shape, streamOf(1, "linear"));
    expect(Math.max(...values)).toBeLessThanOrEqual(0.25);
    expect(Math.max(...values)).toBeGreaterThan(0.24);
    expect(Math.min(...values)).toBeLessThan(-0.24);
    const variance = values.reduce((sum, x) => sum + x * x, 0) / values.length;
    expect(Math.abs(variance - 0.25 ** 2 / 3)).toBeLessThan(0.002);
  }
});

test("a tower names its layers, and a normalised layer has no bias", () => {
  const names = (batchNorm: boolean) =>
    mlp("tower", { inputs: 5, hidden: [4, 3], batchNorm }).parameters.map(
      ({ name, shape, role }) => `${name} ${shape.join("x")} ${role}`,
    );
  expect(names(false)).toEqual([
    "tower/0/weight 5x4 weight",
    "tower/0/bias 4 weight",
    "tower/1/weight 4x3 weight",
    "tower/1/bias 3 weight",
  ]);
  expect(names(true)).toEqual([
    "tower/0/weight 5x4 weight",
    "tower/0/norm/scale 4 normalisation",
    "tower/0/norm/shift 4 normalisation",
    "tower/1/weight 4x3 weight",
    "tower/1/norm/scale 3 normalisation",
    "tower/1/norm/shift 3 normalisation",
  ]);
});

test("the cross network, by hand: x0 = (1, 2), two layers", async () => {
  const cross = crossNetwork("cross", { size: 2, layers: 2 });
  const inputs = {
    "cross/0/weight": [
      [1, 0],
      [1, 2],
    ],
    "cross/0/bias": [0, 1],
    "cross/1/weight": [
      [1, -1],
      [0, 1],
    ],
    "cross/1/bias": [1, 0],
    x: [[1, 2]],
  };
  // x0 W0 + b0 = (3, 5); x1 = (1, 2) * (3, 5) + (1, 2) = (4, 12)
  // x1 W1 + b1 = (5, 8); x2 = (1, 2) * (5, 8) + (4, 12) = (9, 28)
  const { y } = await run((arrays) => ({ y: cross.forward(arrays, arrayOf(arrays, "x")) }), {
    inputs,
  });
  expect(y).toEqual([9, 28]);
});

test("the pair term of a factorisation machine is the sum over all pairs", async () => {
  const sizes = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 4 }));
  await fc.assert(
    fc.asyncProperty(sizes, fc.nat(1000), async ([rows, width], seed) => {
      const v = Array.from({ length: 2 }, (_, b) =>
        Array.from({ length: rows * width }, (_, i) => Math.sin(seed + 1.3 * i + 2 * b)),
      );
      const { pairs } = await run(
        (arrays) => ({ pairs: pairwiseProducts(arrayOf(arrays, "v").reshape([2, rows, width])) }),
        { inputs: { v } },
      );
      v.forEach((example, b) => {
        let expected = 0;
        for (let f = 0; f < rows; f++)
          for (let g = f + 1; g < rows; g++)
            for (let k = 0; k < width; k++)
              expected += example[f * width + k]! * example[g * width + k]!;
        expect(pairs![b]).toBeCloseTo(expected, 4);
      });
    }),
    { numRuns: 20 },
  );
});
