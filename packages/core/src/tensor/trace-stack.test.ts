import { makeJaxpr, numpy as np, valueAndGrad } from "@jax-js/jax";
import { expect, test } from "vitest";
import { compileWithGradient } from "./compile.ts";
import { withStackRestored } from "./trace-stack.ts";

/** How many transformations jax-js believes to be running. */
function depth(): number {
  let level = -1;
  makeJaxpr((x: np.Array) => {
    level = (x as unknown as { _trace: { main: { level: number } } })._trace.main.level;
    return x;
  })(0 as never);
  return level;
}

const gradient = () => valueAndGrad((x: np.Array) => np.sum(np.square(x)))(np.ones([3]));

test("a traced gradient leaves jax-js's stack as it was, also when the function throws", () => {
  const before = depth();
  const specs = [{ name: "x", shape: [3], dtype: "float32" as const }];
  const compileOne = (fn: (x: np.Array) => np.Array) =>
    compileWithGradient({
      name: "one",
      fn: ({ x }) => ({ loss: fn(x!) }),
      inputs: specs,
      loss: "loss",
      wrt: ["x"],
    });
  compileOne((x) => np.sum(np.square(x)));
  expect(depth()).toBe(before);
  expect(() =>
    compileOne(() => {
      throw new Error("no");
    }),
  ).toThrow("no");
  expect(depth()).toBe(before);
});

test("the workaround is needed still: jax-js alone leaves a level behind", () => {
  const before = depth();
  withStackRestored(gradient);
  expect(depth()).toBe(before);
  withStackRestored(() => {
    const inside = depth();
    gradient();
    expect(depth()).toBe(inside + 1);
  });
  expect(depth()).toBe(before);
});
