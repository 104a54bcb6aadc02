import { nn, numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compileWithGradient } from "./compile.ts";
import { explain } from "./explain.ts";

test("a layer and its gradients, operator by operator", () => {
  const program = compileWithGradient({
    name: "layer",
    fn: ({ x, w, b }) => ({ loss: np.sum(nn.relu(np.matmul(x!, w!).add(b!))) }),
    inputs: [
      { name: "x", shape: [4, 3], dtype: "float32" },
      { name: "w", shape: [3, 2], dtype: "float32" },
      { name: "b", shape: [2], dtype: "float32" },
    ],
    loss: "loss",
    wrt: ["w", "b"],
  });
  expect(explain(program)).toMatchInlineSnapshot(`
    "program layer
    input    x:f32[4,3]
    input    w:f32[3,2]
    input    b:f32[2]
    constant c0:f32[]
    constant c1:i64[2]
    constant c2:f32[]
    constant c3:i64[1]
    v4:f32[4,2] = Gemm(x, w)
    v5:f32[4,2] = Add(v4, b)
    v6:f32[4,2] = Max(v5, c0)
    v7:bool[4,2] = Less(v5, c0)
    loss:f32[] = ReduceSum<keepdims=0>(v6, c1)
    v8:f32[4,2] = Where(v7, c0, c2)
    gradient:b:f32[2] = ReduceSum<keepdims=0>(v8, c3)
    gradient:w:f32[3,2] = Gemm<transA=1>(x, v8)
    output   loss:f32[]
    output   gradient:w:f32[3,2]
    output   gradient:b:f32[2]"
  `);
});

test("bytes that are no ONNX file are refused", () => {
  expect(() => explain({ onnx: new Uint8Array() })).toThrow(/0 bytes hold no ONNX graph/);
});
