import { AtollError } from "../../errors/index.ts";
import {
  withoutDeadCode,
  writeModel,
  type Graph,
  type GraphBuilder,
  type Port,
} from "../../tensor/index.ts";
import type { ExportInput } from "./inputs.ts";

/** A client's model with its encoders, as one ONNX file. */
export interface ExportedModel<Input = ExportInput> {
  readonly onnx: Uint8Array;
  readonly inputs: readonly Input[];
  /** One for each task, float64 [batch]. */
  readonly outputs: readonly string[];
}

/** Protocol buffers, and so ONNX files, end at two GiB; what is not tables takes far less than this. */
const MOST_BYTES = 2 ** 31 - 2 ** 24;

/** Refuses what one ONNX file cannot hold, with the way out. */
export function refuseTooLarge(bytes: number, client: string, way: string): void {
  if (bytes > MOST_BYTES)
    throw new AtollError(
      "SERVING_TOO_LARGE",
      `client "${client}": its model takes ${(bytes / 2 ** 30).toFixed(1)} GiB, an ONNX file takes 2 GiB at most; ${way}`,
    );
}

/** The graph as a file, without inputs that nothing reads. */
export function finishExport<Input extends { readonly name: string }>(
  graph: GraphBuilder,
  {
    name,
    outputs,
    inputs,
  }: {
    readonly name: string;
    readonly outputs: readonly Port[];
    readonly inputs: readonly Input[];
  },
): ExportedModel<Input> {
  const built = withoutDeadCode(graph.build(outputs));
  const used = new Set([
    ...built.nodes.flatMap((node) => node.inputs),
    ...built.outputs.map(({ value }) => value),
  ]);
  const read: Graph = { ...built, inputs: built.inputs.filter(({ value }) => used.has(value)) };
  return {
    onnx: writeModel(name, read),
    inputs: inputs.filter((input) => read.inputs.some((port) => port.name === input.name)),
    outputs: outputs.map((port) => port.name),
  };
}
