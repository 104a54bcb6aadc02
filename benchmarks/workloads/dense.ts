import type { numpy as np } from "@jax-js/jax";
import { createArena } from "@atoll/core/kernels";
import { makeOptimiser, type OptimiserConfig } from "@atoll/core/optim";
import { streamOf } from "@atoll/core/random";
import {
  compileWithGradient,
  initialise,
  parameterLayout,
  windows,
  type ParameterSpec,
  type TensorSpec,
} from "@atoll/core/tensor";
import { onnxExecutor } from "@atoll/node/executor";
import type { Prepared } from "../workload.ts";

interface DenseSetting {
  readonly name: string;
  readonly parameters: readonly ParameterSpec[];
  /** What enters beside the parameters, by other names; those in `learned` have their gradient read. */
  readonly inputs: readonly TensorSpec[];
  readonly learned?: readonly string[];
  /** Reads parameters and inputs, each by its own name. */
  readonly loss: (arrays: Record<string, np.Array>) => np.Array;
  readonly optimiser: OptimiserConfig;
  readonly threads: number;
}

/** A training step of a function that is on no shelf: gradient, then an optimiser over the flat vector. */
export async function prepareDense(setting: DenseSetting): Promise<Prepared> {
  const { name, inputs, learned = [], loss, optimiser, threads } = setting;
  const layout = parameterLayout(setting.parameters);
  const specs = layout.views.map(({ name, shape }) => ({
    name: `parameter:${name}`,
    shape,
    dtype: "float32" as const,
  }));
  const program = compileWithGradient({
    name,
    fn: (arrays) => {
      const named = Object.entries(arrays).map(([key, array]) => [
        key.replace(/^parameter:/, ""),
        array,
      ]);
      return { loss: loss(Object.fromEntries(named)) };
    },
    inputs: [...specs, ...inputs],
    loss: "loss",
    wrt: [...specs.map((spec) => spec.name), ...learned],
  });
  const arena = createArena();
  const parameters = arena.float32(layout.size);
  const gradient = arena.float32(layout.size);
  parameters.set(initialise(layout, streamOf(1, name)));
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  const given = inputs.map(({ name, shape }) => {
    const values = arena.float32(sizeOf(shape));
    for (let i = 0; i < values.length; i++)
      values[i] = name === "label" ? i % 2 : Math.sin(i * 0.37 + name.length);
    return [name, values] as const;
  });
  const read = learned.map((name) => {
    const { shape } = inputs.find((spec) => spec.name === name)!;
    return [`gradient:${name}`, arena.float32(sizeOf(shape))] as const;
  });
  const loaded = await onnxExecutor({ intraOpThreads: threads }).load(program);
  const bound = loaded.bind(
    { ...windows(layout, parameters, "parameter"), ...Object.fromEntries(given) },
    { ...windows(layout, gradient, "gradient:parameter"), ...Object.fromEntries(read) },
  );
  const rule = makeOptimiser(optimiser, arena);
  const memory = rule.init(layout.size);
  return {
    step: async () => {
      await bound.run();
      rule.step(parameters, gradient, memory);
    },
    close: () => loaded.release(),
  };
}
