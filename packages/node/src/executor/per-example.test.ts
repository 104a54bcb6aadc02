import { grad, numpy as np, vmap } from "@jax-js/jax";
import { attention, linear, relu, type Arrays } from "@atoll/core/nn";
import { compile, compileWithGradient, type TensorData, type TensorSpec } from "@atoll/core/tensor";
import { describe, expect, test } from "vitest";
import { relativeError, runOnce } from "./agreement.laws.ts";
import { onnxExecutor } from "./onnx-executor.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });
const EXAMPLES = 5;

/** A function of parameters and one example, to a scalar loss. */
interface Subject {
  readonly parameters: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly example: readonly number[];
  readonly loss: (parameters: Arrays, x: np.Array) => np.Array;
}

const up = linear("up", { inputs: 3, outputs: 4 });
const down = linear("down", { inputs: 4, outputs: 1 });
const seeing = attention("a", { width: 4, heads: 2, causal: true });

const subjects: Readonly<Record<string, Subject>> = {
  tower: {
    parameters: [...up.parameters, ...down.parameters],
    example: [3],
    loss: (parameters, x) => {
      const hidden = relu(up.forward(parameters, x.reshape([1, 3])));
      return np.sum(np.square(down.forward(parameters, hidden)));
    },
  },
  attention: {
    parameters: seeing.parameters,
    example: [6, 4],
    loss: (parameters, x) => np.sum(np.square(seeing.forward(parameters, x.reshape([1, 6, 4])))),
  },
};

const wave = (size: number, phase: number) =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 0.7 * i + phase));
const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
const f32 = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

function prefixed(prefix: string, arrays: Arrays): Record<string, np.Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, x]) => [prefix + name, x]));
}

/** Values of all parameters of one client. */
function parametersOf({ parameters }: Subject, phase: number): Record<string, TensorData> {
  return Object.fromEntries(
    parameters.map(({ name, shape }, i) => [name, wave(sizeOf(shape), i + phase)]),
  );
}

/** The gradient of every parameter at one example, the plain way: one run for each. */
async function oneGradient(
  { parameters, example, loss }: Subject,
  values: Record<string, TensorData>,
  x: Float32Array,
): Promise<Record<string, TensorData>> {
  const specs = parameters.map(({ name, shape }) => f32(name, shape));
  const program = compileWithGradient({
    name: "one",
    fn: ({ x: given, ...arrays }) => ({ loss: loss(arrays, given!) }),
    inputs: [...specs, f32("x", example)],
    loss: "loss",
    wrt: specs.map(({ name }) => name),
  });
  return runOnce(executor, program, { ...values, x });
}

describe.each(Object.entries(subjects))("%s", (_, subject) => {
  const { parameters, example, loss } = subject;
  const names = parameters.map(({ name }) => name);
  const specs = parameters.map(({ name, shape }) => f32(name, shape));
  const size = sizeOf(example);
  const gradientsOf = grad(loss) as unknown as (
    arrays: Arrays,
    x: np.Array,
  ) => Record<string, np.Array>;

  test("per-example gradients, vmap(grad), are those of a loop over the examples", async () => {
    const program = compile({
      name: "per example",
      fn: ({ x, ...arrays }) => {
        const perExample = vmap(grad(loss), [null, 0]) as unknown as typeof gradientsOf;
        return prefixed("gradient:", perExample(arrays, x!));
      },
      inputs: [...specs, f32("x", [EXAMPLES, ...example])],
    });
    expect(program.outputs.map(({ shape }) => shape[0])).toEqual(names.map(() => EXAMPLES));
    const values = parametersOf(subject, 0);
    const x = wave(EXAMPLES * size, 5);
    const together = await runOnce(executor, program, { ...values, x });
    for (let b = 0; b < EXAMPLES; b++) {
      const alone = await oneGradient(subject, values, x.slice(b * size, (b + 1) * size));
      for (const [name, gradient] of Object.entries(together)) {
        const own = alone[name]!;
        const part = gradient.slice(b * own.length, (b + 1) * own.length);
        expect(relativeError(part, own)).toBeLessThan(1e-5);
      }
    }
  });

  test("a leading client axis trains every client as if alone", async () => {
    const rate = 0.1;
    const step = (arrays: Arrays, x: np.Array): Arrays => {
      const gradients = gradientsOf(arrays, x);
      return Object.fromEntries(
        names.map((name) => [name, arrays[name]!.sub(gradients[name]!.mul(rate))]),
      );
    };
    const program = compile({
      name: "clients",
      fn: ({ x, ...arrays }) => {
        const everyClient = vmap(step) as unknown as typeof gradientsOf;
        return prefixed("next:", everyClient(arrays, x!));
      },
      inputs: [
        ...specs.map((spec) => ({ ...spec, shape: [EXAMPLES, ...spec.shape] })),
        f32("x", [EXAMPLES, ...example]),
      ],
    });
    const clients = Array.from({ length: EXAMPLES }, (_, c) => parametersOf(subject, 0.3 * c));
    const x = wave(EXAMPLES * size, 5);
    const stacked = names.map((name) => {
      const all = clients.flatMap((client) => [...client[name]!]);
      return [name, Float32Array.from(all)] as const;
    });
    const after = await runOnce(executor, program, { ...Object.fromEntries(stacked), x });
    for (const [c, values] of clients.entries()) {
      const alone = await oneGradient(subject, values, x.slice(c * size, (c + 1) * size));
      for (const name of names) {
        const gradient = alone[`gradient:${name}`]!;
        const expected = Float32Array.from(values[name]!, (w, i) => w - rate * gradient[i]!);
        const length = expected.length;
        const own = after[`next:${name}`]!.slice(c * length, (c + 1) * length);
        expect(relativeError(own, expected)).toBeLessThan(1e-5);
      }
    }
  });
});
