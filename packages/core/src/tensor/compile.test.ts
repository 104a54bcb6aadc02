import { jit, lax, numpy as np, random } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { AtollErrors } from "../errors/index.ts";
import { compile, compileWithGradient } from "./compile.ts";
import { jaxExecutor } from "./jax-executor.ts";
import type { TensorFunction, TensorSpec } from "./types.ts";

const x: TensorSpec = { name: "x", shape: [2, 3], dtype: "float32" };
const w: TensorSpec = { name: "w", shape: [3], dtype: "float32" };
const n: TensorSpec = { name: "n", shape: [2], dtype: "int32" };

const squares: TensorFunction = ({ x, w }) => {
  const y = np.matmul(x!, w!);
  return { y, loss: np.sum(y.mul(y)) };
};

test("outputs come in the order of the function's record, gradients after them in that of wrt", () => {
  const program = compileWithGradient({
    name: "squares",
    fn: squares,
    inputs: [x, w],
    loss: "loss",
    wrt: ["w", "x"],
  });
  expect(program.outputs).toEqual([
    { name: "y", shape: [2], dtype: "float32" },
    { name: "loss", shape: [], dtype: "float32" },
    { name: "gradient:w", shape: [3], dtype: "float32" },
    { name: "gradient:x", shape: [2, 3], dtype: "float32" },
  ]);
});

test("d/dw sum (x w)^2 = 2 x' x w, and nothing but the function's own arrays is differentiated", async () => {
  const program = compileWithGradient({
    name: "squares",
    fn: squares,
    inputs: [x, w],
    loss: "loss",
    wrt: ["w"],
  });
  const loaded = await jaxExecutor().load(program);
  const outputs = await loaded.run({
    x: Float32Array.of(1, 2, 3, 4, 5, 6),
    w: Float32Array.of(1, -1, 2),
  });
  // x w = [5, 11]; 2 x' [5, 11] = 2 [49, 65, 81].
  expect([...outputs["y"]!]).toEqual([5, 11]);
  expect([...outputs["loss"]!]).toEqual([146]);
  expect([...outputs["gradient:w"]!]).toEqual([98, 130, 162]);
  await loaded.release();
});

test("a loss that does not reach an input gives it a gradient of zeros", async () => {
  const program = compileWithGradient({
    name: "apart",
    fn: ({ x }) => ({ loss: np.sum(x!) }),
    inputs: [x, w],
    loss: "loss",
    wrt: ["w"],
  });
  const loaded = await jaxExecutor().load(program);
  const outputs = await loaded.run({ x: new Float32Array(6), w: Float32Array.of(1, 2, 3) });
  expect([...outputs["gradient:w"]!]).toEqual([0, 0, 0]);
  await loaded.release();
});

test("equal functions give equal bytes, and another constant gives others", () => {
  const bytes = (factor: number) =>
    compile({ name: "f", fn: ({ x }) => ({ y: np.sin(x!).mul(factor) }), inputs: [x] }).onnx;
  expect(bytes(2)).toEqual(bytes(2));
  expect(bytes(2)).not.toEqual(bytes(3));
});

describe("arrays are borrowed while tracing", () => {
  const table = np.array([1, 2, 3]);
  const styles: Record<string, TensorFunction> = {
    "used again and again": ({ x }) => ({ loss: np.sum(x!.mul(x!).mul(table).add(table).add(x!)) }),
    "with .ref": ({ x }) => ({
      loss: np.sum(x!.ref.mul(x!.ref).mul(table.ref).add(table.ref).add(x!)),
    }),
  };

  test.each(Object.entries(styles))("%s", async (_, fn) => {
    for (const round of [1, 2]) {
      const program = compileWithGradient({
        name: `round ${round}`,
        fn,
        inputs: [x],
        loss: "loss",
        wrt: ["x"],
      });
      const loaded = await jaxExecutor().load(program);
      const run = () => loaded.run({ x: Float32Array.of(1, 1, 1, 2, 2, 2) });
      await run();
      const outputs = await run();
      expect([...outputs["loss"]!]).toEqual([6 + 24 + 12 + 9]);
      expect([...outputs["gradient:x"]!]).toEqual([3, 5, 7, 5, 9, 13]);
      await loaded.release();
    }
  });

  test("and owned again afterwards", () => {
    compile({ name: "f", fn: ({ x }) => ({ y: np.sin(x!) }), inputs: [x] });
    const array = np.array([1, 2]);
    np.sin(array).dispose();
    expect(() => np.sin(array)).toThrow(/freed/);
  });

  test("also after a function that throws", () => {
    const fn = () => {
      throw new RangeError("no such layer");
    };
    expect(() => compile({ name: "broken", fn, inputs: [x] })).toThrow(
      /program "broken" cannot be traced: no such layer/,
    );
    const array = np.array([1, 2]);
    np.sin(array).dispose();
    expect(() => np.sin(array)).toThrow(/freed/);
  });
});

describe("what cannot be compiled is refused with the way out", () => {
  const refusals: readonly [string, () => unknown, string, RegExp][] = [
    [
      "a truth value given out",
      () => compile({ name: "f", fn: ({ x }) => ({ y: x!.greater(0) }), inputs: [x] }),
      "TENSOR_UNSUPPORTED_DTYPE",
      /output "y" is bool.*astype/,
    ],
    [
      "a function of real numbers on integers",
      () =>
        compile({ name: "f", fn: ({ n }) => ({ y: np.exp(n!).astype(np.float32) }), inputs: [n] }),
      "TENSOR_UNSUPPORTED_DTYPE",
      /"exp" is defined for float32, and this operand is int32; cast it.*\(exp\(int32\[2\]\)/,
    ],
    [
      "a truth value times a number",
      () =>
        compile({
          name: "f",
          fn: ({ x }) => ({ y: x!.greater(0).mul(2.5).astype(np.float32) }),
          inputs: [x],
        }),
      "TENSOR_UNSUPPORTED_DTYPE",
      /uint32 \(jax-js gives uint32 for a truth value and a number\).*cast/,
    ],
    [
      "the value of an array",
      () =>
        compile({
          name: "f",
          fn: ({ x }) => (np.allclose(x!, x!) ? { y: x! } : { y: np.negative(x!) }),
          inputs: [x],
        }),
      "TENSOR_TRACE",
      /arrays have no values while a function is traced.*branch by np\.where \(at .*compile\.test\.ts/,
    ],
    [
      "a type inside that programs do not know",
      () =>
        compile({
          name: "f",
          fn: ({ n }) => ({ y: n!.astype(np.uint32).add(n!.astype(np.uint32)).astype(np.int32) }),
          inputs: [n],
        }),
      "TENSOR_UNSUPPORTED_DTYPE",
      /program "f": element type uint32/,
    ],
    [
      "a loss that is no scalar",
      () => compileWithGradient({ name: "f", fn: squares, inputs: [x, w], loss: "y", wrt: ["w"] }),
      "TENSOR_SPEC",
      /the loss "y" is float32 of shape \[2\]/,
    ],
    [
      "a loss that is no output",
      () =>
        compileWithGradient({ name: "f", fn: squares, inputs: [x, w], loss: "cost", wrt: ["w"] }),
      "TENSOR_SPEC",
      /no output "cost".*y, loss/,
    ],
    [
      "one name for input and output",
      () => compile({ name: "f", fn: ({ x }) => ({ x: np.sin(x!) }), inputs: [x] }),
      "TENSOR_SPEC",
      /"x" names an input and an output/,
    ],
    [
      "a tensor without elements",
      () =>
        compile({ name: "f", fn: ({ x }) => ({ y: np.sum(x!.slice([], [1, 1])) }), inputs: [x] }),
      "TENSOR_SPEC",
      /shape \[2, 0\]/,
    ],
  ];

  test.each(refusals)("%s", (_, attempt, code, message) => {
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });

  const outside: readonly [string, string, (x: np.Array) => np.Array, RegExp][] = [
    [
      "random numbers",
      "random_bits",
      (x) => x.add(random.uniform(random.key(1), [2, 3])),
      /draw masks and noise outside and pass them as inputs/,
    ],
    ["the sign bit", "bitcast", (x) => np.copysign(x, x), /read a sign with x\.less\(0\)/],
    ["shifts", "bit_shift", (x) => shifted(x), /multiply by a power of two/],
    ["counts of bits", "bit_count", (x) => np.bitwiseCount(whole(x)), /count the bits outside/],
    ["Cholesky factors", "cholesky", (x) => np.linalg.cholesky(square(x)), /factor the matrix/],
    ["inverses", "lu", (x) => np.linalg.inv(square(x)), /np\.linalg\.inv, solve, det/],
    [
      "triangular systems",
      "triangular_solve",
      (x) => lax.linalg.triangularSolve(square(x), square(x)),
      /solve the system outside/,
    ],
    ["eigenvalues", "jacobi_eigh", (x) => np.linalg.eigh(square(x))[0], /decompose the matrix/],
    ["Fourier transforms", "fft", (x) => np.fft.rfft(x).real, /constant matrix of cosines/],
  ];
  const whole = (x: np.Array) => x.astype(np.int32);
  const shifted = (x: np.Array) => np.leftShift(whole(x), np.array(1, { dtype: np.int32 }));
  const square = (x: np.Array) => np.matmul(x, np.transpose(x));

  test.each(outside)("%s: by name, operands and line", (_, primitive, fn, wayOut) => {
    const attempt = () =>
      compile({ name: "beyond", fn: ({ x }) => ({ y: fn(x!).astype(np.float32) }), inputs: [x] });
    expect(attempt).toThrow(expect.objectContaining({ code: "TENSOR_UNSUPPORTED_PRIMITIVE" }));
    expect(attempt).toThrow(
      `program "beyond": the jax-js primitive "${primitive}" has no lowering`,
    );
    expect(attempt).toThrow(wayOut);
    expect(attempt).toThrow(
      new RegExp(`\\(${primitive}\\(.*\\) -> .*, called at .*compile\\.test\\.ts:\\d+:\\d+\\)$`),
    );
  });

  test("also where the operation hides in a compiled function of a gradient", () => {
    const attempt = () =>
      compileWithGradient({
        name: "beyond",
        fn: ({ x }) => ({ loss: np.sum(jit((a: np.Array) => np.copysign(a, a))(x!)) }),
        inputs: [x],
        loss: "loss",
        wrt: ["x"],
      });
    expect(attempt).toThrow(
      /bitcast\(float32\[2,3\]\) -> int32\[2,3\], called at .*compile\.test\.ts/,
    );
  });

  test("all wrong inputs at once", () => {
    const attempt = () =>
      compile({ name: "f", fn: squares, inputs: [x, x, { ...w, shape: [0.5] }] });
    expect(attempt).toThrow(AtollErrors);
    expect(attempt).toThrow(/two inputs are called "x"[^]*"w" has shape \[0.5\]/);
  });

  test("all wrong gradient targets at once", () => {
    const attempt = () =>
      compileWithGradient({
        name: "f",
        fn: squares,
        inputs: [x, w, n],
        loss: "loss",
        wrt: ["v", "n"],
      });
    expect(attempt).toThrow(/"v", which is no input[^]*"n", which is int32/);
  });
});
