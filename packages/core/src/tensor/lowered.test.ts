import { numpy as np } from "@jax-js/jax";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { lower } from "./lowering/lower.ts";
import { writeModel } from "./onnx/writer.ts";
import type { Program, TensorFunction } from "./types.ts";

/** What compiling gives where nothing is remembered. */
const fresh = ({ name, jaxpr, inputs, outputs }: Program) =>
  writeModel(
    name,
    lower(name, jaxpr, inputs, outputs, () => undefined),
  );

const compiled = (fn: TensorFunction, name = "p", shape = [2, 2]) =>
  compile({
    name,
    fn,
    inputs: ["x", "y"].map((input) => ({ name: input, shape, dtype: "float32" })),
  });

type Step = (z: np.Array, x: np.Array, y: np.Array) => np.Array;

/** Alike but for one part: an operand, a number, an axis, a type. */
const steps: readonly Step[] = [
  (z, x) => z.ref.add(x.ref),
  (z, _, y) => z.ref.add(y.ref),
  (z, x) => z.ref.sub(x.ref),
  (z, x) => x.ref.sub(z.ref),
  (z) => z.ref.mul(0),
  (z) => z.ref.mul(-0),
  (z) => z.ref.mul(2),
  (z) => z.ref.add(np.array([1, 2])),
  (z) => z.ref.add(np.array([1, -2])),
  (z) => z.ref.add(np.array([0, 1])),
  (z) => z.ref.add(np.array([-0, 1])),
  (z) => z.ref.add(np.array([1, 2], { dtype: np.int32 })),
  (z) => z.ref.add(np.sum(z.ref, 0)),
  (z) => z.ref.add(np.sum(z.ref, 1)),
  (z) => z.ref.add(np.sum(z.ref, 1, { keepdims: true })),
  (z) => z.ref.add(np.transpose(z.ref)),
  (z) => z.ref.astype(np.int32).astype(np.float32),
  (z) => np.maximum(z.ref, 0),
  (z) => np.minimum(z.ref, 0),
];

test("programs compiled one after another have the bytes of each one compiled alone", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...steps), { maxLength: 2 }),
      fc.constantFrom("p", "q"),
      fc.constantFrom("z", "u"),
      (chain, name, output) => {
        const program = compiled(
          ({ x, y }) => ({
            [output]: chain.reduce((z, step) => step(z, x!, y!), x!.ref.add(y!.ref)),
          }),
          name,
        );
        expect(program.onnx).toEqual(fresh(program));
        seen.add(Buffer.from(program.onnx).toString("latin1"));
      },
    ),
    { numRuns: 400 },
  );
  // Many more than are remembered, and many of them more than once.
  expect(seen.size).toBeGreaterThan(100);
  expect(seen.size).toBeLessThan(400);
});

test("a long constant is told from another one of its shape", () => {
  const plus = (last: number) => {
    const values = Array.from({ length: 2000 }, (_, i) => (i === 1999 ? last : i));
    return compiled(({ x, y }) => ({ z: x!.add(y!).add(np.array(values)) }), "p", [2, 2000]);
  };
  const [one, two] = [plus(1), plus(2)];
  expect(one.onnx).toEqual(fresh(one));
  expect(two.onnx).toEqual(fresh(two));
  expect(one.onnx).not.toEqual(two.onnx);
});

test("who changes the bytes of a program changes nobody else's", () => {
  const sum: TensorFunction = ({ x, y }) => ({ z: x!.add(y!) });
  const { onnx } = compiled(sum);
  const whole = onnx.slice();
  onnx.fill(0);
  expect(compiled(sum).onnx).toEqual(whole);
});
