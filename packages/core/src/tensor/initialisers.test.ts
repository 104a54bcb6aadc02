import { describe, expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import {
  constant,
  kaimingUniform,
  linearDefault,
  normalInit,
  ones,
  uniformInit,
  xavierNormal,
  xavierUniform,
  zeros,
} from "./initialisers.ts";
import type { Initialiser } from "./parameters.ts";

function filled(init: Initialiser, shape: readonly number[]): Float32Array {
  const length = shape.reduce((product, size) => product * size, 1);
  const target = new Float32Array(length).fill(NaN);
  init(target, shape, streamOf(5, "test"));
  return target;
}

test("constants fill", () => {
  expect([...filled(zeros, [2])]).toEqual([0, 0]);
  expect([...filled(ones, [2])]).toEqual([1, 1]);
  expect([...filled(constant(-1.5), [2])]).toEqual([-1.5, -1.5]);
});

/** 300 inputs, 100 outputs: the bounds of a [300, 100] matrix, from the papers' formulas. */
const uniforms: readonly [string, Initialiser, readonly number[], number][] = [
  ["uniformInit(0.3)", uniformInit(0.3), [300, 100], 0.3],
  ["xavierUniform", xavierUniform, [300, 100], 0.122_474_487],
  ["kaimingUniform", kaimingUniform, [300, 100], 0.141_421_356],
  ["linearDefault of a weight", linearDefault(), [300, 100], 0.057_735_027],
  ["linearDefault of a bias", linearDefault(300), [30_000], 0.057_735_027],
  ["xavierUniform of stacked matrices", xavierUniform, [10, 30, 100], 0.214_834_462],
];

describe("uniform initialisers fill [-bound, bound) evenly", () => {
  test.each(uniforms)("%s", (_, init, shape, bound) => {
    const values = filled(init, shape);
    let largest = 0;
    let squares = 0;
    let sum = 0;
    for (const value of values) {
      largest = Math.max(largest, Math.abs(value));
      squares += value * value;
      sum += value;
    }
    const count = values.length;
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6));
    expect(largest).toBeGreaterThan(bound * 0.999);
    const deviation = bound / Math.sqrt(3);
    expect(Math.abs(sum / count)).toBeLessThan((5 * deviation) / Math.sqrt(count));
    expect(Math.abs(squares / count / deviation ** 2 - 1)).toBeLessThan(5 * Math.sqrt(0.8 / count));
  });
});

const normals: readonly [string, Initialiser, number][] = [
  ["normalInit(0.01)", normalInit(0.01), 0.01],
  ["xavierNormal", xavierNormal, 0.070_710_678],
];

describe("normal initialisers have their standard deviation", () => {
  test.each(normals)("%s", (_, init, std) => {
    const values = filled(init, [300, 100]);
    const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length;
    expect(Math.abs(squares / std ** 2 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
    expect(Math.max(...values)).toBeGreaterThan(3 * std);
  });
});

test("a vector has no fans: the error says what to use", () => {
  expect(() => filled(xavierUniform, [3])).toThrow(/not shape \[3\].*linearDefault\(fanIn\)/);
});
