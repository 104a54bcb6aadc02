import { expect, test } from "vitest";
import { streamOf } from "../random/index.ts";
import { secureNormal } from "./index.ts";

/** Bytes of a seed stand for bytes that nobody can foretell. */
function bytesOf(seed: number): (count: number) => Uint8Array {
  const stream = streamOf(seed, "bytes");
  return (count) => Uint8Array.from({ length: count }, () => stream.next() & 255);
}

/** Sources of the same 16 bytes over and over: u, then v. */
function constant(u: readonly number[], v: readonly number[]): (count: number) => Uint8Array {
  const pattern = [...u, ...v];
  return (count) => Uint8Array.from({ length: count }, (_, i) => pattern[i % 16]!);
}

const ZERO = [0, 0, 0, 0, 0, 0, 0, 0];
const HALF = [0x80, 0, 0, 0, 0, 0, 0, 0];
const QUARTER = [0x40, 0, 0, 0, 0, 0, 0, 0];
const ONES = [255, 255, 255, 255, 255, 255, 255, 255];

test("the two branches of Box-Muller, at values worked out by hand", () => {
  const farthest = Math.sqrt(2 * 53 * Math.log(2));
  const first = secureNormal(constant(ZERO, ZERO));
  expect(first()).toBeCloseTo(farthest, 12);
  expect(first()).toBe(0);
  const nearest = secureNormal(constant(ONES, ZERO));
  expect(nearest()).toBeCloseTo(0, 12);
  const turned = secureNormal(constant(HALF, QUARTER));
  expect(turned()).toBeCloseTo(0, 12);
  expect(turned()).toBeCloseTo(Math.sqrt(2 * Math.log(2)), 12);
});

test("moments are 0, 1, 0, 3, and the shares below -2, -1, 0, 1, 2 are those of the normal distribution", () => {
  const draw = secureNormal(bytesOf(1));
  const count = 100_000;
  const moments = [0, 0, 0, 0];
  const at = [-2, -1, 0, 1, 2];
  const below = at.map(() => 0);
  for (let i = 0; i < count; i++) {
    const z = draw();
    for (let k = 0; k < 4; k++) moments[k]! += z ** (k + 1) / count;
    at.forEach((bound, k) => (below[k]! += z < bound ? 1 / count : 0));
  }
  const errors = [1, 2, 15, 96].map((variance) => Math.sqrt(variance / count));
  [0, 1, 0, 3].forEach((expected, k) =>
    expect(Math.abs(moments[k]! - expected)).toBeLessThan(5 * errors[k]!),
  );
  [0.0227501, 0.1586553, 0.5, 0.8413447, 0.9772499].forEach((share, k) =>
    expect(Math.abs(below[k]! - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count)),
  );
});

test("the two draws of a pair are independent, in size too", () => {
  const draw = secureNormal(bytesOf(2));
  const count = 50_000;
  let product = 0;
  let sizes = 0;
  for (let i = 0; i < count; i++) {
    const [a, b] = [draw(), draw()];
    product += (a * b) / count;
    sizes += ((a * a - 1) * (b * b - 1)) / count;
  }
  expect(Math.abs(product)).toBeLessThan(5 / Math.sqrt(count));
  expect(Math.abs(sizes)).toBeLessThan((5 * 2) / Math.sqrt(count));
});

test("no byte is used twice, and the source is asked once in 1024 draws", () => {
  const asked: number[] = [];
  const source = bytesOf(3);
  const draw = secureNormal((count) => {
    asked.push(count);
    return source(count);
  });
  const seen = new Set<number>();
  for (let i = 0; i < 4096; i++) seen.add(draw());
  expect(seen.size).toBe(4096);
  expect(asked).toEqual([8192, 8192, 8192, 8192]);
});

test("a source that gives too few bytes is refused", () => {
  expect(() => secureNormal(() => new Uint8Array(8))()).toThrow(
    "asked for 8192 random bytes, got 8",
  );
});
