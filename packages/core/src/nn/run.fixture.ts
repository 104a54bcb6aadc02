import { numpy as np } from "@jax-js/jax";
import { compileWithGradient, jaxExecutor } from "../tensor/index.ts";
import type { Arrays } from "./arrays.ts";

/** A vector or a matrix as one writes it down. */
export type Written = readonly number[] | readonly (readonly number[])[];

export interface RunOptions {
  readonly inputs: Readonly<Record<string, Written>>;
  /** The inputs to differentiate by; the outputs `gradient:<input>` follow. */
  readonly wrt?: readonly string[];
  /** The output to differentiate. */
  readonly loss?: string;
}

/** Compiles a function for the inputs at hand, runs it once, and gives its outputs as flat lists. */
export async function run(
  fn: (arrays: Arrays) => Record<string, np.Array>,
  { inputs, wrt = [], loss = "loss" }: RunOptions,
): Promise<Record<string, number[]>> {
  const program = compileWithGradient({
    name: "test",
    inputs: Object.entries(inputs).map(([name, written]) => ({
      name,
      shape: Array.isArray(written[0]) ? [written.length, written[0].length] : [written.length],
      dtype: "float32",
    })),
    fn: (arrays) => ({ [loss]: np.zeros([]), ...fn(arrays) }),
    loss,
    wrt,
  });
  const data = Object.fromEntries(
    Object.entries(inputs).map(([name, written]) => [name, Float32Array.from(written.flat())]),
  );
  const loaded = await jaxExecutor().load(program);
  const outputs = await loaded.run(data);
  await loaded.release();
  return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, [...values]]));
}
