import { numpy as np } from "@jax-js/jax";
import fc from "fast-check";
import { test } from "vitest";
import { draw, floats, relativeError, runOnce } from "./agreement.laws.ts";
import { lookedAt, shape, size } from "./looked-at.fixture.ts";
import { flat, naive, sumNaive, pointwiseNaive } from "./naive.fixture.ts";
import { compile, explain, jaxExecutor } from "@atoll/core/tensor";
import { onnxExecutor } from "./onnx-executor.ts";
async function check(fn: any, specs: any[], exp: (v: any) => number[]) {
  const program = compile({
    name: "c",
    fn,
    inputs: specs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  });
  const v = draw(specs, 1);
  const a = (await runOnce(onnxExecutor({ intraOpThreads: 1 }), program, v))["out"]!;
  const b = (await runOnce(jaxExecutor(), program, v))["out"]!;
  const e = Float32Array.from(exp(v));
  const ea = relativeError(a, e),
    eb = relativeError(b, e);
  if (ea > 1e-4 || eb > 1e-4) {
    console.log("onnx err", ea, "jax err", eb, program.jaxpr.toString(), explain(program));
    throw new Error("x");
  }
}
test("sum", async () => {
  const cases = shape().chain((target) =>
    fc.tuple(lookedAt(target), fc.subarray(target.map((_, axis) => axis))),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([view, axes]) => {
      await check(
        ({ x }: any) => ({ out: np.sum(view.look(x!), [...axes]) }),
        [floats("x", view.inputShape)],
        (v) => flat(sumNaive(view.lookNaive(naive(view.inputShape, v["x"])), axes)),
      );
    }),
    { seed: -1987634231, path: "11627:15", endOnFailure: true, numRuns: 20000 },
  );
});
test("dot", async () => {
  const cases = fc
    .array(fc.tuple(size, fc.constantFrom("batch", "row", "column", "none")), { maxLength: 4 })
    .chain((axes) =>
      size.chain((inner) =>
        fc.tuple(
          lookedAt([...axes.map(([n, role]) => (role === "column" ? 1 : n)), inner], 2),
          lookedAt([...axes.map(([n, role]) => (role === "row" ? 1 : n)), inner], 2),
        ),
      ),
    );
  await fc.assert(
    fc.asyncProperty(cases, async ([a, b]) => {
      await check(
        ({ x, y }: any) => ({ out: np.vecdot(a.look(x!), b.look(y!)) }),
        [floats("x", a.inputShape), floats("y", b.inputShape)],
        (v) => {
          const p = pointwiseNaive(
            a.lookNaive(naive(a.inputShape, v["x"])),
            b.lookNaive(naive(b.inputShape, v["y"])),
            (p, q) => p * q,
          );
          return flat(sumNaive(p, [p.shape.length - 1]));
        },
      );
    }),
    { seed: -1332488833, path: "1455:10:0", endOnFailure: true, numRuns: 20000 },
  );
});
