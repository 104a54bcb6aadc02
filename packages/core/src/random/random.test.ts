import { expect, test } from "vitest";
import { normal, shuffle, streamOf, uniform, uniformBelow } from "./index.ts";

test("equal paths give equal streams, and paths that concatenate alike do not", () => {
  const draws = (...path: (string | number)[]) => {
    const stream = streamOf(7, ...path);
    return [stream.next(), stream.next(), stream.next()];
  };
  expect(draws("a", "bc")).toEqual(draws("a", "bc"));
  expect(draws("a", "bc")).not.toEqual(draws("ab", "c"));
  expect(draws(1)).not.toEqual(draws("1"));
});

test("the stream of (7, round 3, client de, init) is frozen: results of old runs stay reproducible", () => {
  const stream = streamOf(7, 3, "de", "init");
  expect([stream.next(), stream.next(), stream.next()]).toMatchInlineSnapshot(`
    [
      -219174213,
      1712750222,
      1587522614,
    ]
  `);
});

test("uniform has mean 1/2 and variance 1/12 within five standard errors", () => {
  const stream = streamOf(1, "uniform");
  const count = 200_000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    const u = uniform(stream);
    expect(u >= 0 && u < 1).toBe(true);
    sum += u;
    squares += u * u;
  }
  const mean = sum / count;
  expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / count));
  expect(Math.abs(squares / count - mean * mean - 1 / 12)).toBeLessThan(
    5 * Math.sqrt(1 / 180 / count),
  );
});

test("uniformBelow(6) hits each face a sixth of the time (chi-square, 5 degrees, p > 1e-4)", () => {
  const stream = streamOf(1, "die");
  const faces = new Float64Array(6);
  const count = 60_000;
  for (let i = 0; i < count; i++) faces[uniformBelow(stream, 6)]! += 1;
  let chiSquare = 0;
  for (const face of faces) chiSquare += (face - count / 6) ** 2 / (count / 6);
  expect(chiSquare).toBeLessThan(25.7);
});

test("normal has moments 0, 1, 0, 3", () => {
  const stream = streamOf(1, "normal");
  const count = 200_000;
  const moments = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const z = normal(stream);
    for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / count;
  }
  const standardErrors = [1, 2, 15, 96].map((variance) => Math.sqrt(variance / count));
  [0, 1, 0, 3].forEach((expected, k) =>
    expect(Math.abs(moments[k]! - expected)).toBeLessThan(5 * standardErrors[k]!),
  );
});

test("shuffle reaches all six orders of three items equally often", () => {
  const stream = streamOf(1, "shuffle");
  const seen = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const items = Int32Array.of(0, 1, 2);
    shuffle(stream, items);
    seen.set(items.join(""), (seen.get(items.join("")) ?? 0) + 1);
  }
  expect(seen.size).toBe(6);
  for (const count of seen.values())
    expect(Math.abs(count - 2000)).toBeLessThan(5 * Math.sqrt(2000));
});
