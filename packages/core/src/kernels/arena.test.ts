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
