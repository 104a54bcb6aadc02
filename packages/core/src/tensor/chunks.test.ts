import { expect, test } from "vitest";
import { chunksFor, chunkSpecs, chunkWindows } from "./chunks.ts";
import { zeros } from "./initialisers.ts";
import { parameterLayout } from "./parameters.ts";

const layoutOf = (...shapes: number[][]) =>
  parameterLayout(
    shapes.map((shape, i) => ({ name: `p${i}`, shape, role: "weight" as const, init: zeros })),
  );

test("wide layers cut a large batch until a chunk's activations take a mebibyte", () => {
  const tower = layoutOf([416, 400], [400], [400, 400], [400, 1]);
  expect(chunksFor(tower, 4096)).toBe(8); // 512 rows of 416 numbers: 832 KiB
  expect(chunksFor(tower, 1024)).toBe(2);
  expect(chunksFor(tower, 256)).toBe(1);
  expect(chunksFor(layoutOf([32, 64], [64, 32]), 4096)).toBe(1);
  expect(chunksFor(tower, 1025)).toBe(1); // odd batches stay whole
  expect(chunksFor(tower, 2 ** 20)).toBe(16);
  expect(chunksFor(layoutOf([8]), 2 ** 20)).toBe(4); // one number a row
});

test("parts have names of their own and share the buffer", () => {
  const spec = { name: "x", shape: [6, 2], dtype: "float32" as const };
  expect(chunkSpecs(spec, 3).map(({ name, shape }) => [name, shape])).toEqual([
    ["x#0", [2, 2]],
    ["x#1", [2, 2]],
    ["x#2", [2, 2]],
  ]);
  expect(chunkSpecs(spec, 1)).toEqual([spec]);
  const buffer = Float32Array.from({ length: 12 }, (_, i) => i);
  const parts = chunkWindows("x", buffer, 3);
  expect([...parts["x#1"]!]).toEqual([4, 5, 6, 7]);
  expect(parts["x#1"]!.buffer).toBe(buffer.buffer);
});
