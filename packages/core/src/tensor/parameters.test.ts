import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { streamOf, uniform } from "../random/index.ts";
import { compile } from "./compile.ts";
import { constant, uniformInit } from "./initialisers.ts";
import { jaxExecutor } from "./jax-executor.ts";
import { initialise, parameterLayout, unflatten, view, type ParameterSpec } from "./parameters.ts";

const specs: readonly ParameterSpec[] = [
  { name: "w", shape: [2, 3], role: "weight", init: uniformInit(1) },
  { name: "scale", shape: [], role: "normalisation", init: constant(1) },
  { name: "b", shape: [3], role: "weight", init: uniformInit(2) },
];
const layout = parameterLayout(specs);

test("parameters lie one after the other in the order given", () => {
  expect(layout.size).toBe(10);
  expect(layout.views.map(({ name, offset, length }) => [name, offset, length])).toEqual([
    ["w", 0, 6],
    ["scale", 6, 1],
    ["b", 7, 3],
  ]);
});

test("each parameter draws after the one before it", () => {
  const flat = initialise(layout, streamOf(3, "init"));
  const stream = streamOf(3, "init");
  const w = Array.from({ length: 6 }, () => Math.fround(2 * uniform(stream) - 1));
  const b = Array.from({ length: 3 }, () => Math.fround(2 * (2 * uniform(stream) - 1)));
  expect([...flat]).toEqual([...w, 1, ...b]);
});

test("a view is a window: writing to it writes to the vector", () => {
  const flat = new Float32Array(10);
  view(layout, flat, "b").set([7, 8, 9]);
  expect([...flat]).toEqual([0, 0, 0, 0, 0, 0, 0, 7, 8, 9]);
});

test("unflatten gives every parameter its shape inside a traced function", async () => {
  const program = compile({
    name: "unflatten",
    inputs: [{ name: "flat", shape: [10], dtype: "float32" }],
    fn: ({ flat }) => {
      const { w, scale, b } = unflatten(layout, flat!);
      expect([w!.shape, scale!.shape, b!.shape]).toEqual([[2, 3], [], [3]]);
      return { y: np.transpose(w!).mul(scale!), b: b! };
    },
  });
  const loaded = await jaxExecutor().load(program);
  const flat = Float32Array.of(1, 2, 3, 4, 5, 6, 10, 7, 8, 9);
  const { y, b } = await loaded.run({ flat });
  expect([...y!]).toEqual([10, 40, 20, 50, 30, 60]);
  expect([...b!]).toEqual([7, 8, 9]);
  await loaded.release();
});

test("what cannot be is refused by name", () => {
  const code = { code: "TENSOR_PARAMETER" };
  const error = expect.objectContaining(code) as unknown;
  expect(() => parameterLayout([specs[0]!, specs[0]!])).toThrow(error);
  expect(() => parameterLayout([{ ...specs[0]!, shape: [2, 0] }])).toThrow(error);
  expect(() => view(layout, new Float32Array(10), "v")).toThrow(/there are w, scale, b/);
});
