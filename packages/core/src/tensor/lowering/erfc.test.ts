import { lax, nn, numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compile } from "../compile.ts";
import { readModel } from "../onnx/reader.ts";

function operators(fn: (x: np.Array) => np.Array): string[] {
  const { onnx } = compile({
    name: "f",
    fn: ({ x }) => ({ y: fn(x!) }),
    inputs: [{ name: "x", shape: [4], dtype: "float32" }],
  });
  return readModel(onnx).nodes.map(({ operator }) => operator);
}

test("only the exact gelu takes the short way: its products do not need the tail's relative accuracy", () => {
  expect(operators((x) => nn.gelu(x, { approximate: false }))).not.toContain("Exp");
  expect(operators((x) => lax.erfc(np.negative(x)))).toContain("Exp");
  expect(operators((x) => lax.erfc(x.mul(Math.SQRT1_2)))).toContain("Exp");
});
