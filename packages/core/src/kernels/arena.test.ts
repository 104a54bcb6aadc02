import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { kernelModule, kernelModulePath } from "../../../../scripts/kernels.ts";
import { createArena } from "./arena.ts";

test("the compiled kernels are those of the sources", async () => {
  expect(await readFile(kernelModulePath, "utf8")).toBe(await kernelModule());
});

test("arrays are zeros, apart from each other, at cache lines, and stay when memory grows", () => {
  const arena = createArena();
  const first = arena.float32(5);
  first.set([1, 2, 3, 4, 5]);
  const address = arena.address(first);
  expect(address % 64).toBe(0);
  expect(address).toBeGreaterThan(0);
  const large = arena.float32(1_000_000); // several pages
  expect(large.every((value) => value === 0)).toBe(true);
  large.fill(7);
  const integers = arena.int32(3);
  expect([...first]).toEqual([1, 2, 3, 4, 5]);
  expect([...integers]).toEqual([0, 0, 0]);
  expect(arena.address(first)).toBe(address);
  expect(arena.address(large.subarray(2))).toBe(arena.address(large) + 8);
});

test("kernels see what arrays hold, and the reverse", () => {
  const { address, float32, kernels } = createArena();
  const [p, g] = [float32(3), float32(3)];
  p.set([1, 2, 3]);
  g.set([10, 20, 30]);
  kernels.sgd(address(p), address(g), 3, 0, 0.5);
  expect([...p]).toEqual([-4, -8, -12]);
});

test("an array of another arena has no address here", () => {
  expect(() => createArena().address(createArena().float32(4))).toThrow("outside of the arena");
});

test("more than four GiB are refused, with the way out", () => {
  const arena = createArena();
  expect(() => arena.float32(2 ** 30)).toThrow(/ARENA_FULL|4\.00 GiB.*rowwise-adagrad/s);
  expect(arena.float32(4)).toHaveLength(4);
});

test("a mask keeps its share of entries, whatever the key, and draws do not depend on the length", () => {
  const { address, float32, kernels } = createArena();
  const fill = (length: number, key: number, otherKey: number, rate: number) => {
    const mask = float32(length);
    const threshold = Math.round(rate * 2 ** 32);
    kernels.fillMask(address(mask), length, key, otherKey, threshold, 4);
    return mask;
  };
  for (const rate of [0.1, 0.5, 0.9]) {
    const length = 100_000;
    const mask = fill(length, 12_345, -678, rate);
    expect(mask.every((value) => value === 0 || value === 4)).toBe(true);
    const kept = mask.filter((value) => value === 4).length;
    const standardError = Math.sqrt(length * rate * (1 - rate));
    expect(Math.abs(kept - length * (1 - rate))).toBeLessThan(4 * standardError);
    // Neighbours are independent: both kept with probability (1 - rate)^2.
    let pairs = 0;
    for (let i = 1; i < length; i++) if (mask[i - 1]! + mask[i]! === 8) pairs++;
    expect(Math.abs(pairs / length - (1 - rate) ** 2)).toBeLessThan(0.01);
  }
  const long = fill(101, 1, 2, 0.5);
  for (const length of [1, 2, 3, 4, 7, 50])
    expect([...fill(length, 1, 2, 0.5)]).toEqual([...long.subarray(0, length)]);
  expect([...fill(101, 1, 3, 0.5)]).not.toEqual([...long]);
  expect([...fill(101, 2, 2, 0.5)]).not.toEqual([...long]);
  expect(fill(64, 5, 6, 0).every((value) => value === 4)).toBe(true);
});
