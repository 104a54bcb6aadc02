import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compileWithGradient } from "./compile.ts";
import { explain } from "./explain.ts";

test("a layer and its gradients, operator by operator", () => {
  const program = compileWithGradient({
    name: "layer",
    fn: ({ x, w, b }) => ({ loss: np.sum(np.sin(np.matmul(x!, w!).add(b!))) }),
    inputs: [
      { name: "x", shape: [4, 3], dtype: "float32" },
      { name: "w", shape: [3, 2], dtype: "float32" },
      { name: "b", shape: [2], dtype: "float32" },
    ],
    loss: "loss",
    wrt: ["w", "b"],
  });
  expect(program.explain()).toMatchInlineSnapshot(`
    "program layer
    input    x:f32[4,3]
    input    w:f32[3,2]
    input    b:f32[2]
    constant c0:i64[2]
    constant c1:f32[]
    constant c2:i64[1]
    v3:f32[4,2] = Gemm(x, w, b)  # 56 flop, 112 B <- 39 % of flops, 22 % of bytes
    v4:f32[4,2] = Cos(v3)  # 8 flop, 64 B <- 13 % of bytes
    v5:f32[4,2] = Mul(v4, c1)  # 8 flop, 68 B <- 13 % of bytes
    gradient:w:f32[3,2] = Gemm<transA=1>(x, v5)  # 48 flop, 104 B <- 33 % of flops, 20 % of bytes
    gradient:b:f32[2] = ReduceSum<keepdims=0>(v5, c2)  # 8 flop, 48 B
    v6:f32[4,2] = Sin(v3)  # 8 flop, 64 B <- 13 % of bytes
    loss:f32[] = ReduceSum<keepdims=0>(v6, c0)  # 8 flop, 52 B <- 10 % of bytes
    output   loss:f32[]
    output   gradient:w:f32[3,2]
    output   gradient:b:f32[2]
    kind     Gemm x 2: 104 flop, 216 B <- 72 % of flops, 42 % of bytes
    kind     ReduceSum x 2: 16 flop, 100 B <- 11 % of flops, 20 % of bytes
    kind     Mul x 1: 8 flop, 68 B <- 13 % of bytes
    kind     Cos x 1: 8 flop, 64 B <- 13 % of bytes
    kind     Sin x 1: 8 flop, 64 B <- 13 % of bytes
    total    7 operators: 144 flop, 512 B"
  `);
});

test("the heaviest operators are marked, and each kind and the whole are summed", () => {
  const lines = explain(
    compileWithGradient({
      name: "regression",
      fn: ({ x, w }) => ({ loss: np.sum(np.square(np.matmul(x!, w!))) }),
      inputs: [
        { name: "x", shape: [500, 30], dtype: "float32" },
        { name: "w", shape: [30, 20], dtype: "float32" },
      ],
      loss: "loss",
      wrt: ["w"],
    }),
  ).split("\n");
  const forward = lines.find((line) => line.includes("Gemm(x, w)"));
  // 2 x 500 x 20 x 30 flops twice, 1 or 2 for each of 10,000 elements elsewhere; 4 (15,000 + 600 + 10,000) B.
  expect(forward).toMatch(/# 600 kflop, 102 kB <- 49 % of flops, \d+ % of bytes$/);
  expect(lines).toContainEqual(
    expect.stringMatching(/^kind {5}Gemm x 2: 1\.20 Mflop, 205 kB <- 9\d % of flops/),
  );
  expect(lines.at(-1)).toMatch(/^total {4}\d+ operators: 1\.2\d Mflop, \d+ kB$/);
});

test("bytes that are no ONNX file are refused", () => {
  expect(() => explain({ onnx: new Uint8Array() })).toThrow(/0 bytes hold no ONNX graph/);
});
