import { lax, nn, numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compile, compileWithGradient } from "./compile.ts";
import { costOf, type Cost } from "./cost.ts";
import { readModel, type ReadNode, type ReadTensor } from "./onnx/reader.ts";
import type { Program, TensorFunction, TensorSpec } from "./types.ts";

function costs({ onnx }: Program, operator: string): Cost[] {
  const { nodes, tensors } = readModel(onnx);
  return nodes.filter((node) => node.operator === operator).map((node) => costOf(node, tensors));
}

function float(name: string, ...shape: number[]): TensorSpec {
  return { name, shape, dtype: "float32" };
}

function costsOf(operator: string, fn: TensorFunction, ...inputs: TensorSpec[]): Cost[] {
  return costs(compile({ name: "f", fn, inputs }), operator);
}

/** The cost of a node as a file might hold it, float32 throughout. */
function nodeCost(
  operator: string,
  inputs: readonly (readonly number[])[],
  output: readonly number[],
  attributes: ReadNode["attributes"] = {},
): Cost {
  const tensors = new Map<string, ReadTensor>();
  const add = (name: string, shape: readonly number[]): string => {
    tensors.set(name, { name, shape, elementType: 1 });
    return name;
  };
  const names = inputs.map((shape, i) => add(`x${i}`, shape));
  const outputs = [add("y", output)];
  return costOf({ operator, inputs: names, outputs, attributes }, tensors);
}

test("each layer of an MLP multiplies three times: forward, weights, and inputs but for the first", () => {
  const program = compileWithGradient({
    name: "mlp",
    fn: ({ x, w, v }) => ({
      loss: np.sum(np.sin(np.matmul(np.sin(np.matmul(x!, w!)), v!))),
    }),
    inputs: [float("x", 8, 5), float("w", 5, 7), float("v", 7, 3)],
    loss: "loss",
    wrt: ["w", "v"],
  });
  // 2 m n k: 2 x 8 x 7 x 5 = 560 and 2 x 8 x 3 x 7 = 336. Bytes: 4 (40 + 35 + 56) = 524 and
  // 4 (56 + 21 + 24) = 404, whichever two of three tensors are read.
  const sorted = costs(program, "Gemm").toSorted((a, b) => b.flops - a.flops);
  expect(sorted).toEqual([
    { flops: 560, bytes: 524 },
    { flops: 560, bytes: 524 },
    { flops: 336, bytes: 404 },
    { flops: 336, bytes: 404 },
    { flops: 336, bytes: 404 },
  ]);
});

test("a product sums over the last axis of the left operand, or the one before if that is turned", () => {
  expect(
    nodeCost(
      "MatMul",
      [
        [6, 2, 5],
        [6, 5, 3],
      ],
      [6, 2, 3],
    ).flops,
  ).toBe(2 * 6 * 2 * 3 * 5);
  const turned = nodeCost(
    "FusedMatMul",
    [
      [6, 5, 2],
      [6, 5, 3],
    ],
    [6, 2, 3],
    { transA: 1 },
  );
  expect(turned.flops).toBe(2 * 6 * 2 * 3 * 5);
  expect(nodeCost("Gemm", [[2, 5], [5, 3], [3]], [2, 3]).flops).toBe(2 * 2 * 3 * 5 + 2 * 3);
});

test("a convolution costs two for each output element and element of the filter it sees", () => {
  const [cost] = costsOf(
    "Conv",
    ({ x, w }) => ({ y: lax.conv(x!, w!, [1], "VALID") }),
    float("x", 2, 3, 10),
    float("w", 4, 3, 5),
  );
  // [2, 4, 6] elements, each a sum of 3 x 5 products.
  expect(cost).toEqual({ flops: 2 * 48 * 15, bytes: 4 * (60 + 60 + 48) });
});

test("a reduction costs its input, an elementwise operator its output, whatever the function", () => {
  const x = float("x", 6, 4);
  expect(costsOf("ReduceSum", ({ x }) => ({ y: np.sum(x!, 0) }), x)).toEqual([
    { flops: 24, bytes: 4 * (24 + 4) + 8 },
  ]);
  expect(costsOf("Exp", ({ x }) => ({ y: np.exp(x!) }), x)).toEqual([{ flops: 24, bytes: 192 }]);
  const row = costsOf("Add", ({ x, z }) => ({ y: x!.add(z!) }), x, float("z", 4));
  expect(row).toEqual([{ flops: 24, bytes: 4 * (24 + 4 + 24) }]);
  const [less] = costsOf(
    "Less",
    ({ x, z }) => ({ y: nn.relu(x!.sub(z!)).less(z!).astype(np.int32) }),
    x,
    float("z", 4),
  );
  expect(less).toEqual({ flops: 24, bytes: 4 * (24 + 4) + 24 });
});

test("sorting costs n log2 n comparisons", () => {
  const [cost] = costsOf("TopK", ({ x }) => ({ y: np.sort(x!) }), float("x", 3, 8));
  // Values of 4 bytes and int64 places are written; the length is an int64 input.
  expect(cost).toEqual({ flops: 3 * 8 * 3, bytes: 4 * 24 + 8 + (4 + 8) * 24 });
});

test("moving data costs bytes alone; a gather reads what it takes, a reshape nothing", () => {
  const table = float("table", 1000, 4);
  const index: TensorSpec = { name: "i", shape: [5], dtype: "int32" };
  const taken = costsOf("Gather", ({ table, i }) => ({ y: np.take(table!, i!, 0) }), table, index);
  expect(taken).toEqual([{ flops: 0, bytes: 4 * (20 + 5 + 20) }]);
  expect(costsOf("Reshape", ({ x }) => ({ y: np.ravel(x!) }), float("x", 6, 4))).toEqual([
    { flops: 0, bytes: 0 },
  ]);
  expect(costsOf("Transpose", ({ x }) => ({ y: np.transpose(x!) }), float("x", 6, 4))).toEqual([
    { flops: 0, bytes: 192 },
  ]);
});
