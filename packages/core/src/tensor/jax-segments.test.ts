import { numpy as np } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compile, compileWithGradient } from "./compile.ts";
import { jaxExecutor } from "./jax-executor.ts";
import { segments } from "./jax-segments.ts";
import type { TensorSpec } from "./types.ts";

const x: TensorSpec = { name: "x", shape: [3, 2], dtype: "float32" };

test("a sort is a part alone, and what later parts read is handed on", async () => {
  const program = compile({
    name: "sorted",
    fn: ({ x }) => {
      const double = x!.mul(2);
      return { y: np.sort(double, 0).add(double), double };
    },
    inputs: [x],
  });
  const parts = segments(program.jaxpr.jaxpr);
  expect(parts.length).toBe(3);
  expect(parts[1]!.eqns.map(({ primitive }) => primitive)).toEqual(["sort"]);
  for (const device of ["cpu", "wasm"] as const) {
    const loaded = await jaxExecutor({ device }).load(program);
    const run = () => loaded.run({ x: Float32Array.of(3, 1, 1, 5, 2, 4) });
    await run();
    const { y, double } = await run();
    // 2 x = [[6, 2], [2, 10], [4, 8]], sorted by column [[2, 2], [4, 8], [6, 10]].
    expect([...double!]).toEqual([6, 2, 2, 10, 4, 8]);
    expect([...y!]).toEqual([8, 4, 6, 18, 10, 18]);
    await loaded.release();
  }
});

test("the gradient of a sort puts weights back where the elements came from", async () => {
  const program = compileWithGradient({
    name: "weighted",
    fn: ({ x }) => ({
      loss: np.sum(np.sort(x!.mul(2), 0).mul(np.array([1, 10, 100]).reshape([3, 1]))),
    }),
    inputs: [x],
    loss: "loss",
    wrt: ["x"],
  });
  const loaded = await jaxExecutor().load(program);
  const outputs = await loaded.run({ x: Float32Array.of(3, 1, 1, 5, 2, 4) });
  expect([...outputs["gradient:x"]!]).toEqual([200, 2, 2, 200, 20, 20]);
  await loaded.release();
});

test("a function without routines stays whole", () => {
  const program = compile({
    name: "whole",
    fn: ({ x }) => ({ y: np.sin(x!).add(1) }),
    inputs: [x],
  });
  expect(segments(program.jaxpr.jaxpr).length).toBe(1);
});
