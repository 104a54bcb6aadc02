import type { FeatureSchema } from "../../data/schema.ts";
import { streamOf } from "../../random/index.ts";
import { compile, initialise, jaxExecutor, parameterLayout, windows } from "../../tensor/index.ts";
import { buildModel, modelConfig } from "../registry.ts";

/** A schema of past items and the item to score. */
export function historySchema(length: number, numRows = 12): FeatureSchema {
  return {
    categorical: [
      { name: "user", of: "user", numRows },
      { name: "item", of: "item", numRows },
      { name: "history", of: "user", numRows, length, vocabulary: "item" },
    ],
    numeric: [],
  };
}

/** Sequences as a model's `states` reads them. */
export interface Sequences {
  /** [batch * length * width] */
  readonly items: Float32Array;
  /** [batch * length] */
  readonly present: Float32Array;
  /** [batch * length] */
  readonly masked: Float32Array;
}

/** The states of some sequences under fresh numbers of a model, scoring: a vector per position. */
export async function statesOf(
  config: { readonly kind: string; readonly width: number },
  sequences: Sequences,
  length: number,
): Promise<number[][]> {
  const { width } = config;
  const model = buildModel(modelConfig.parse(config), historySchema(length));
  const layout = parameterLayout(model.parameters);
  const batch = sequences.present.length / length;
  const tensor = (name: string, shape: readonly number[]) =>
    ({ name, shape, dtype: "float32" }) as const;
  const program = compile({
    name: "states",
    inputs: [
      ...layout.views.map(({ name, shape }) => tensor(name, shape)),
      tensor("items", [batch, length, width]),
      tensor("present", [batch, length]),
      tensor("masked", [batch, length]),
    ],
    fn: ({ items, present, masked, ...parameters }) => {
      const weight = present!.slice([], 0);
      const given = { items: items!, present: present!, masked: masked!, weight, parameters };
      return {
        states: model.sequence!.states({ ...given, state: {}, dropout: {}, mode: "predict" })
          .states,
      };
    },
  });
  const loaded = await jaxExecutor().load(program);
  const parameters = initialise(layout, streamOf(4, "states"));
  const all: Record<string, Float32Array> = {
    ...sequences,
    ...Object.fromEntries(
      Object.entries(windows(layout, parameters, "p")).map(([name, values]) => [
        name.slice(2),
        values,
      ]),
    ),
  };
  const { states } = await loaded.run(
    Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]!])),
  );
  await loaded.release();
  return Array.from({ length: batch * length }, (_, i) =>
    Array.from(states!.slice(i * width, (i + 1) * width)),
  );
}
