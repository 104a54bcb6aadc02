import { numpy as np } from "@jax-js/jax";
import {
  compile,
  compileWithGradient,
  jaxExecutor,
  type Executor,
  type Program,
  type TensorData,
  type TensorFunction,
  type TensorSpec,
} from "@atoll/core/tensor";
import { streamOf, uniform, uniformBelow } from "@atoll/core/random";
import { expect } from "vitest";
import { onnxExecutor } from "./onnx-executor.ts";

/** An input of a case: its spec, and how its values are drawn. */
export interface Drawn extends TensorSpec {
  /** float32: uniform on [low, high). int32: uniform on low .. high - 1. */
  readonly low: number;
  readonly high: number;
}

export interface Case {
  readonly fn: TensorFunction;
  readonly inputs: readonly Drawn[];
}

export function floats(name: string, shape: readonly number[], low = -2, high = 2): Drawn {
  return { name, shape, dtype: "float32", low, high };
}

export function integers(name: string, shape: readonly number[], low: number, high: number): Drawn {
  return { name, shape, dtype: "int32", low, high };
}

export function draw(inputs: readonly Drawn[], seed: number): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map(({ name, shape, dtype, low, high }) => {
      const stream = streamOf(seed, name);
      const length = shape.reduce((product, size) => product * size, 1);
      return [
        name,
        dtype === "float32"
          ? Float32Array.from({ length }, () => low + (high - low) * uniform(stream))
          : Int32Array.from({ length }, () => low + uniformBelow(stream, high - low)),
      ];
    }),
  );
}

export async function runOnce(
  executor: Executor,
  program: Program,
  inputs: Readonly<Record<string, TensorData>>,
): Promise<Record<string, TensorData>> {
  const loaded = await executor.load(program);
  try {
    return await loaded.run(inputs);
  } finally {
    await loaded.release();
  }
}

/**
 * The largest difference, relative to the largest number of the expected tensor, or to `floor` where
 * all of it is smaller: a sum that cancels is no more exact than its terms.
 */
export function relativeError(actual: TensorData, expected: TensorData, floor = 1e-3): number {
  let scale = floor;
  let worst = 0;
  if (actual.length !== expected.length) return Infinity;
  for (const [i, value] of expected.entries()) {
    const difference = Math.abs(actual[i]! - value);
    if (Number.isNaN(difference) && !Object.is(actual[i], value)) return Infinity;
    scale = Math.max(scale, Math.abs(value));
    worst = Math.max(worst, difference);
  }
  return worst / scale;
}

/**
 * The case with a loss: its output `out`, float32, summed with random weights. Nothing for other
 * types.
 */
export function weighted({ fn, inputs }: Case): Case | undefined {
  const specs = inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const [out] = compile({ name: "case", fn, inputs: specs }).outputs;
  if (out?.dtype !== "float32") return undefined;
  return {
    fn: (tensors) => {
      const { out } = fn(tensors);
      return { loss: np.sum(out!.mul(tensors["weights"]!)) };
    },
    inputs: [...inputs, floats("weights", out.shape)],
  };
}

/**
 * Law: ONNX Runtime on the lowered graph and jax-js on the traced one give the same numbers. The
 * judge is jax-js's plain interpreter, not its vectorised kernels (see `jaxExecutor`).
 */
export async function expectAgreement(
  { fn, inputs }: Case,
  options: {
    readonly seed?: number;
    readonly wrt?: readonly string[];
    readonly floor?: number;
  } = {},
): Promise<{ program: Program; outputs: Record<string, TensorData> }> {
  const { seed = 1, wrt, floor } = options;
  const specs = inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const program =
    wrt === undefined
      ? compile({ name: "case", fn, inputs: specs })
      : compileWithGradient({ name: "case", fn, inputs: specs, loss: "loss", wrt });
  const values = draw(inputs, seed);
  const expected = await runOnce(jaxExecutor({ device: "cpu" }), program, values);
  const outputs = await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, values);
  expect(Object.keys(outputs)).toEqual(Object.keys(expected));
  for (const [name, tensor] of Object.entries(expected))
    expect(relativeError(outputs[name]!, tensor, floor), `output ${name}`).toBeLessThanOrEqual(
      1e-4,
    );
  return { program, outputs };
}
