import fc from "fast-check";
import { expect, test } from "vitest";
import { createArena } from "../../kernels/index.ts";
import { propagation } from "./propagation.ts";
import type { Positives } from "./positives.ts";
import { anyPositives } from "./worlds.fixture.ts";

// Two blocks of 16 that go through vector registers, and three numbers that do not.
const width = 35;

/** Layer by layer in doubles, on a dense matrix. */
function naive({ numUsers, numItems, offsets, items }: Positives, x: Float32Array, layers: number) {
  const n = numUsers + numItems;
  const a = Array.from({ length: n }, () => new Float64Array(n));
  for (let u = 0; u < numUsers; u++)
    for (let at = offsets[u]!; at < offsets[u + 1]!; at++) {
      const item = numUsers + items[at]!;
      a[u]![item] = 1;
      a[item]![u] = 1;
    }
  const degree = a.map((row) => row.reduce((sum, value) => sum + value, 0));
  let layer = Float64Array.from(x);
  const mean = layer.map((value) => value / (layers + 1));
  for (let l = 0; l < layers; l++) {
    const next = new Float64Array(x.length);
    for (let v = 0; v < n; v++)
      for (let w = 0; w < n; w++)
        if (a[v]![w] === 1)
          for (let k = 0; k < width; k++)
            next[v * width + k]! += layer[w * width + k]! / Math.sqrt(degree[v]! * degree[w]!);
    layer = next;
    for (let at = 0; at < mean.length; at++) mean[at]! += layer[at]! / (layers + 1);
  }
  return mean;
}

function prepared(world: Positives, layers: number) {
  const arena = createArena();
  const graph = propagation(arena, world, { width, layers });
  const vector = (phase: number) => {
    const x = arena.float32(graph.numNodes * width);
    x.set(x.map((_, i) => Math.sin(1 + 0.7 * i + phase)));
    return x;
  };
  return { graph, vector, out: () => arena.float32(graph.numNodes * width) };
}

const anyLayers = fc.integer({ min: 0, max: 4 });

test("it is the mean of layers of a normalised dense matrix", () => {
  fc.assert(
    fc.property(anyPositives, anyLayers, (world, layers) => {
      const { graph, vector, out } = prepared(world, layers);
      const [x, y] = [vector(0), out()];
      graph.meanOfLayers(x, y);
      const expected = naive(world, x, layers);
      y.forEach((value, at) => expect(Math.abs(value - expected[at]!)).toBeLessThan(2e-6));
    }),
    { numRuns: 40 },
  );
});

test("it is symmetric: <P x, y> = <x, P y>", () => {
  fc.assert(
    fc.property(anyPositives, anyLayers, (world, layers) => {
      const { graph, vector, out } = prepared(world, layers);
      const [x, y, px, py] = [vector(0), vector(2), out(), out()];
      graph.meanOfLayers(x, px);
      graph.meanOfLayers(y, py);
      const dot = (a: Float32Array, b: Float32Array) =>
        a.reduce((sum, value, at) => sum + value * b[at]!, 0);
      expect(Math.abs(dot(px, y) - dot(x, py))).toBeLessThan(1e-4);
    }),
    { numRuns: 40 },
  );
});
