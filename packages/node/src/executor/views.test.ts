import { numpy as np } from "@jax-js/jax";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { compile, type TensorData } from "@atoll/core/tensor";
import { draw, floats, relativeError, runOnce, type Case } from "./agreement.laws.ts";
import { lookedAt, shape, size } from "./looked-at.fixture.ts";
import { flat, naive, pointwiseNaive, sumNaive, type Naive } from "./naive.fixture.ts";
import { onnxExecutor } from "./onnx-executor.ts";

const runs = { numRuns: 100 };

async function runNatively({ fn, inputs }: Case): Promise<Record<string, TensorData>> {
  const specs = inputs.map(({ name, shape, dtype }) => ({ name, shape, dtype }));
  const program = compile({ name: "views", fn, inputs: specs });
  return runOnce(onnxExecutor({ intraOpThreads: 1 }), program, draw(inputs, 1));
}

/** Two views that broadcast against each other to `target`. */
const pair = (target: readonly number[]) => fc.tuple(lookedAt(target), lookedAt(target));

test("a view made concrete is what plain indexing gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      shape().chain((target) => lookedAt(target)),
      async (view) => {
        const inputs = [floats("x", view.inputShape)];
        const outputs = await runNatively({
          fn: ({ x }) => ({ y: view.look(x!) }),
          inputs,
        });
        const expected = view.lookNaive(naive(view.inputShape, draw(inputs, 1)["x"]!));
        expect([...outputs["y"]!]).toEqual(flat(expected));
      },
    ),
    runs,
  );
});

test("element-wise operators on views give what plain loops give", async () => {
  await fc.assert(
    fc.asyncProperty(shape().chain(pair), async ([a, b]) => {
      const inputs = [floats("x", a.inputShape), floats("y", b.inputShape)];
      const values = draw(inputs, 1);
      const outputs = await runNatively({
        fn: ({ x, y }) => ({ z: a.look(x!).sub(b.look(y!)) }),
        inputs,
      });
      const expected = pointwiseNaive(
        a.lookNaive(naive(a.inputShape, values["x"]!)),
        b.lookNaive(naive(b.inputShape, values["y"]!)),
        (p, q) => p - q,
      );
      expect(relativeError(outputs["z"]!, Float32Array.from(flat(expected)), 0.1)).toBeLessThan(
        1e-6,
      );
    }),
    runs,
  );
});

test("sums over any axes of a view give what plain loops give", async () => {
  const cases = shape().chain((target) =>
    fc.tuple(lookedAt(target), fc.subarray(target.map((_, axis) => axis))),
  );
  await fc.assert(
    fc.asyncProperty(cases, async ([view, axes]) => {
      const inputs = [floats("x", view.inputShape)];
      const outputs = await runNatively({
        fn: ({ x }) => ({ y: np.sum(view.look(x!), [...axes]) }),
        inputs,
      });
      const whole = view.lookNaive(naive(view.inputShape, draw(inputs, 1)["x"]!));
      const expected = Float32Array.from(flat(sumNaive(whole, axes)));
      expect(relativeError(outputs["y"]!, expected, 0.1)).toBeLessThan(1e-4);
    }),
    runs,
  );
});

test("products of views, with batch, row, column and repeated axes, give what plain loops give", async () => {
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
      const inputs = [floats("x", a.inputShape), floats("y", b.inputShape)];
      const values = draw(inputs, 1);
      const outputs = await runNatively({
        fn: ({ x, y }) => ({ z: np.vecdot(a.look(x!), b.look(y!)) }),
        inputs,
      });
      const [x, y]: Naive[] = [
        a.lookNaive(naive(a.inputShape, values["x"]!)),
        b.lookNaive(naive(b.inputShape, values["y"]!)),
      ];
      const product = pointwiseNaive(x!, y!, (p, q) => p * q);
      const expected = Float32Array.from(flat(sumNaive(product, [product.shape.length - 1])));
      expect(relativeError(outputs["z"]!, expected, 0.1)).toBeLessThan(1e-4);
    }),
    { numRuns: 150 },
  );
});
