import type { ColumnsConfig } from "../../data/index.ts";
import type { KeptModel } from "../../methods/index.ts";
import { ANY_SIZE, type GraphBuilder, type Value } from "../../tensor/index.ts";
import { encodeInputs, type EncodedInputs } from "./feature-graph.ts";
import { exportInputs, inputType, type ExportInput } from "./inputs.ts";

/** The inputs of a client's graph, each once, and what its encoders make of them. */
export function rawInputs(
  graph: GraphBuilder,
  kept: Pick<KeptModel, "encoder" | "schema">,
  { client, columns }: { readonly client: string; readonly columns: ColumnsConfig },
): {
  readonly inputs: readonly ExportInput[];
  readonly encoded: EncodedInputs;
  /** One of the inputs: its first size is the number of rows. */
  readonly first: Value;
} {
  const features = exportInputs(columns, kept);
  const inputs = [...new Map(features.map(({ input }) => [input.name, input])).values()];
  const values = Object.fromEntries(
    inputs.map((input) => {
      const { type, sizes } = inputType(input);
      return [input.name, graph.input(input.name, [ANY_SIZE, ...sizes], type)];
    }),
  );
  return {
    inputs,
    encoded: encodeInputs({ graph, kept, client, columns, inputs: features, values }),
    first: values[inputs[0]!.name]!,
  };
}
