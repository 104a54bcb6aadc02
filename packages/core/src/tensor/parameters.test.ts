import { expect, test } from "vitest";
import { streamOf, uniform } from "../random/index.ts";
import { constant, uniformInit } from "./initialisers.ts";
import { initialise, parameterLayout, view, windows, type ParameterSpec } from "./parameters.ts";

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

test("windows are the entries of the vector itself, by prefixed name", () => {
  const flat = Float32Array.from({ length: layout.size }, (_, i) => i);
  const named = windows(layout, flat, "parameter");
  expect(Object.keys(named)).toEqual(layout.views.map(({ name }) => `parameter:${name}`));
  for (const { name, offset, length } of layout.views) {
    expect([...named[`parameter:${name}`]!]).toEqual([...flat.subarray(offset, offset + length)]);
    named[`parameter:${name}`]![0] = -1;
    expect(flat[offset]).toBe(-1);
  }
});

test("what cannot be is refused by name", () => {
  const code = { code: "TENSOR_PARAMETER" };
  const error = expect.objectContaining(code) as unknown;
  expect(() => parameterLayout([specs[0]!, specs[0]!])).toThrow(error);
  expect(() => parameterLayout([{ ...specs[0]!, shape: [2, 0] }])).toThrow(error);
  expect(() => view(layout, new Float32Array(10), "v")).toThrow(/there are w, scale, b/);
});
