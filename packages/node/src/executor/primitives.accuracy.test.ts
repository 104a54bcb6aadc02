import { lax, numpy as np } from "@jax-js/jax";
import { compile } from "@atoll/core/tensor";
import { expect, test } from "vitest";
import { runOnce } from "./agreement.laws.ts";
import { onnxExecutor } from "./onnx-executor.ts";

async function values(fn: (x: np.Array) => np.Array, x: Float32Array): Promise<Float32Array> {
  const program = compile({
    name: "accuracy",
    fn: ({ x }) => ({ y: fn(x!) }),
    inputs: [{ name: "x", shape: [x.length], dtype: "float32" }],
  });
  const { y } = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, { x });
  return Float32Array.from(y!);
}

/** The largest relative error against a function computed in double precision. */
async function worstError(
  fn: (x: np.Array) => np.Array,
  exact: (x: number) => number,
  x: Float32Array,
): Promise<number> {
  const y = await values(fn, x);
  return Math.max(...x.map((at, i) => Math.abs(y[i]! / exact(at) - 1)));
}

/** Numbers of both signs whose magnitudes run geometrically from `low` to `high`. */
function around(low: number, high: number, signs: readonly number[] = [1, -1]): Float32Array {
  const count = 400;
  const magnitudes = Array.from(
    { length: count },
    (_, i) => low * (high / low) ** (i / (count - 1)),
  );
  return Float32Array.from(signs.flatMap((sign) => magnitudes.map((x) => sign * x)));
}

test("log1p and expm1 keep their relative accuracy near 0", async () => {
  const x = around(1e-8, 0.9);
  expect(await worstError(np.log1p, Math.log1p, x)).toBeLessThan(1e-6);
  expect(await worstError(np.expm1, Math.expm1, x)).toBeLessThan(1e-6);
});

/** erfc by its continued fraction, x > 0: e^(-x^2) / sqrt(pi) / (x + 1/2 / (x + 1 / (x + 3/2 / ...))). */
function erfcTail(x: number): number {
  let fraction = x;
  for (let k = 400; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

test("erfc keeps its relative accuracy far into the right tail", async () => {
  // erfc(9) is 4e-37: 1 - erf(x) in float32 is 0 from x = 4 on.
  expect(await worstError(lax.erfc, erfcTail, around(0.5, 9, [1]))).toBeLessThan(1e-5);
  expect(await worstError(lax.erfc, erfcTail, around(0.5, 2, [1]))).toBeLessThan(2e-6);
  const left = await values(lax.erfc, Float32Array.of(-30, -3, -1, 0, 0.25));
  const exact = [2, 1.999977909503001, 1.8427007929497148, 1, 0.7236736098317631];
  for (const [i, value] of exact.entries()) expect(left[i]! / value).toBeCloseTo(1, 6);
});
