import { numpy as np } from "@jax-js/jax";
import { describe, expect, test } from "vitest";
import { compile, compileWithGradient, jaxExecutor, type ParameterSpec } from "../tensor/index.ts";
import { arrayOf, type Arrays } from "./arrays.ts";
import { attention } from "./attention.ts";
import { batchNorm } from "./batch-norm.ts";
import { crossNetwork } from "./cross.ts";
import { layerNorm } from "./layer-norm.ts";
import { linear } from "./linear.ts";
import { mlp } from "./mlp.ts";
import { pairwiseProducts } from "./pairwise.ts";
import { transformerBlock } from "./transformer-block.ts";

interface Subject {
  readonly parameters: readonly ParameterSpec[];
  /** Shape of the input. */
  readonly x: readonly number[];
  readonly forward: (arrays: Arrays, x: np.Array) => np.Array;
}

const norm = batchNorm("n", 3);
const tower = mlp("m", { inputs: 4, hidden: [5, 3], batchNorm: true });
/** Parameters and running statistics by one name space; the last of four rows is padding. */
const training = (arrays: Arrays) => ({
  parameters: arrays,
  state: arrays,
  dropout: {},
  weight: np.array([1, 1, 1, 0]),
  mode: "train" as const,
});

const subjects: Readonly<Record<string, Subject>> = {
  linear: { ...linear("l", { inputs: 4, outputs: 3 }), x: [3, 4] },
  "cross network": { ...crossNetwork("c", { size: 4, layers: 2 }), x: [3, 4] },
  "pairwise products": { parameters: [], x: [2, 3, 4], forward: (_, x) => pairwiseProducts(x) },
  "batch norm": {
    parameters: [...norm.parameters, ...norm.state],
    x: [4, 3],
    forward: (arrays, x) => norm.forward(training(arrays), x).x.slice([0, 3]),
  },
  "normalised tower": {
    parameters: [...tower.parameters, ...tower.state],
    x: [4, 4],
    forward: (arrays, x) => tower.forward(training(arrays), x).x.slice([0, 3]),
  },
  "layer norm": { ...layerNorm("n", 5), x: [2, 3, 5] },
  attention: { ...attention("a", { width: 4, heads: 2, causal: true }), x: [2, 3, 4] },
  "transformer block": {
    ...transformerBlock("b", { width: 4, heads: 2, causal: true }),
    x: [2, 3, 4],
  },
};

const STEP = 8e-3;
/** Of the values: at this one, no relu lies within a step of its kink. */
const PHASE = 3;
/** jax-js's exponentials are off by 1e-5: over a step, 1e-3 an output, of which there are up to 24. */
const TOLERANCE = 1e-2;
const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);

describe("gradients are slopes: central differences along random directions", () => {
  test.each(Object.entries(subjects))("%s", async (title, { parameters, x, forward }) => {
    const shapes = [
      ...parameters.map(({ name, shape }) => ({ name, shape })),
      { name: "x", shape: x },
    ];
    const inputs = shapes.map((spec) => ({ ...spec, dtype: "float32" as const }));
    const program = compileWithGradient({
      name: title,
      fn: (arrays) => {
        const y = forward(arrays, arrayOf(arrays, "x"));
        const size = sizeOf(y.shape);
        const weight = np.array(
          Float32Array.from({ length: size }, (_, i) => Math.cos(1 + 0.9 * i)),
        );
        return { loss: np.sum(y.reshape([size]).mul(weight)) };
      },
      inputs,
      loss: "loss",
      wrt: shapes.map(({ name }) => name),
    });
    const executor = jaxExecutor({ device: "cpu" });
    const loaded = await executor.load(program);
    // Without gradients: slopes need the outputs alone.
    const outputs = await executor.load(
      compile({
        name: `${title}, outputs`,
        fn: (arrays) => {
          const y = forward(arrays, arrayOf(arrays, "x"));
          return { y: y.reshape([sizeOf(y.shape)]) };
        },
        inputs,
      }),
    );
    const at: Record<string, Float32Array> = Object.fromEntries(
      shapes.map(({ name, shape }, k) => [
        name,
        // Positive, as running variances must be.
        Float32Array.from(
          { length: sizeOf(shape) },
          (_, i) => 0.9 + 0.7 * Math.sin(PHASE + 2.3 * i + k),
        ),
      ]),
    );
    /** The loss in doubles: summed from the outputs, which are rounded to 1e-7 each. */
    const lossAt = async (name: string, values: Float32Array) => {
      const { y } = await outputs.run({ ...at, [name]: values });
      return [...y!].reduce((sum, value, i) => sum + value * Math.cos(1 + 0.9 * i), 0);
    };
    const gradients = await loaded.run(at);
    let compared = 0;
    for (const { name } of shapes) {
      const gradient = Float32Array.from(gradients[`gradient:${name}`]!);
      for (let d = 0; d < 2; d++) {
        const direction = gradient.map((_, i) => Math.sin(3 + 5.1 * i + 7.7 * d));
        const central = async (step: number) => {
          const moved = (by: number) => at[name]!.map((v, i) => v + by * direction[i]!);
          return (
            ((await lossAt(name, moved(step))) - (await lossAt(name, moved(-step)))) / (2 * step)
          );
        };
        // Richardson: two steps together are free of the third derivative.
        const slope = (4 * (await central(STEP / 2)) - (await central(STEP))) / 3;
        const predicted = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
        expect(Math.abs(slope - predicted), name).toBeLessThan(
          TOLERANCE * Math.max(1, Math.abs(slope)),
        );
        if (Math.abs(predicted) > 5 * TOLERANCE) compared++;
      }
    }
    // The comparison says something: most slopes are far larger than what it tolerates.
    expect(compared).toBeGreaterThan(shapes.length * 0.7);
    await loaded.release();
    await outputs.release();
  });
});
