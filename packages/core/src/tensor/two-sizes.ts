import { lower } from "./lowering/lower.ts";
import type { TwoSizes } from "./onnx/any-batch.ts";
import type { Program } from "./types.ts";

/**
 * Primes, so that no other size of a model is taken for that of the batch; and so close to each other that
 * no rewrite which looks at sizes chooses differently.
 */
const SIZES = [10_007, 10_009] as const;

/** The graphs of a program for two sizes of its batch, from which one for any size is made. */
export function atTwoSizes(programOf: (batchSize: number) => Program): TwoSizes {
  const graphOf = (size: number) => {
    const { name, jaxpr, inputs, outputs } = programOf(size);
    return { name, graph: lower(name, jaxpr, inputs, outputs, () => undefined) };
  };
  const [one, two] = SIZES.map(graphOf);
  return { name: one!.name, graphs: [one!.graph, two!.graph], sizes: SIZES };
}
