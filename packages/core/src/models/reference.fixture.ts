import { z } from "zod";
import type { FeatureSchema } from "../data/schema.ts";
import { streamOf } from "../random/index.ts";
import {
  initialise,
  jaxExecutor,
  parameterLayout,
  windows,
  type LoadedProgram,
  type ParameterLayout,
} from "../tensor/index.ts";
import fixtures from "./__fixtures__/models.json" with { type: "json" };
import { predictProgram, trainProgram } from "./program.ts";
import { buildModel, modelConfig } from "./registry.ts";
import type { Model } from "./types.ts";

const vector = z.array(z.number());
const named = z.record(z.string(), vector);

/** One case of benchmarks/reference/models.py. */
const referenceCase = z.strictObject({
  config: z.looseObject({ kind: z.string() }),
  categorical: z.array(z.string()),
  numeric: z.array(z.string()),
  parameters: named,
  state: named,
  inputs: named,
  expected: z.strictObject({
    logits: vector,
    loss: z.number(),
    gradients: named,
    embeddingGradients: named,
    state: named,
    predict: vector,
  }),
});

type ReferenceCase = z.infer<typeof referenceCase>;
type Numbers = z.infer<typeof named>;

/** Every case with a title that tells it from the others. */
export const cases = z
  .array(referenceCase)
  .parse(fixtures.cases)
  .map((example) => ({
    title: `${JSON.stringify(example.config)}, ${example.categorical.length} categorical and ${example.numeric.length} numeric features`,
    example,
  }));

export const BATCH = fixtures.batch;

export function schemaOf(
  categorical: readonly string[],
  numeric: readonly string[] = [],
  numRows = 12,
): FeatureSchema {
  return {
    categorical: categorical.map((name) => ({ name, of: "context", numRows })),
    numeric: numeric.map((name) => ({ name, of: "context" })),
  };
}

export interface Loaded {
  readonly model: Model;
  readonly layout: ParameterLayout;
  readonly stateLayout: ParameterLayout;
  readonly train: LoadedProgram;
  readonly predict: LoadedProgram;
}

export async function loadModel(
  config: unknown,
  schema: FeatureSchema,
  batchSize: number,
): Promise<Loaded> {
  const model = buildModel(modelConfig.parse(config), schema);
  const layout = parameterLayout(model.parameters);
  const stateLayout = parameterLayout(model.state);
  const executor = jaxExecutor();
  return {
    model,
    layout,
    stateLayout,
    train: await executor.load(trainProgram(model, layout, stateLayout, schema, batchSize)),
    predict: await executor.load(predictProgram(model, layout, stateLayout, schema, batchSize)),
  };
}

/** Named numbers as one flat vector in the order of a layout. */
export function flat(layout: ParameterLayout, numbers: Numbers): Float32Array {
  const vector = new Float32Array(layout.size);
  for (const { name, offset, length } of layout.views) {
    if (numbers[name]?.length !== length) throw new Error(`case lacks ${length} numbers "${name}"`);
    vector.set(numbers[name], offset);
  }
  return vector;
}

/** The inputs of a case's programs. */
export function inputsOf(
  { layout, stateLayout }: Loaded,
  example: ReferenceCase,
): Record<string, Float32Array> {
  return {
    ...Object.fromEntries(
      Object.entries(example.inputs).map(([name, values]) => [name, Float32Array.from(values)]),
    ),
    parameters: flat(layout, example.parameters),
    ...(stateLayout.size > 0 && { state: flat(stateLayout, example.state) }),
  };
}

/** Fresh dense numbers of a model. */
export function fresh(layout: ParameterLayout): Float32Array {
  return initialise(layout, streamOf(5, "fresh"));
}

/** The declared inputs of a program among all that there are; `parameters` and `state` are flat vectors. */
export function feed(
  { layout, stateLayout }: Loaded,
  { program }: LoadedProgram,
  inputs: Readonly<Record<string, Float32Array>>,
): Record<string, Float32Array> {
  const all: Record<string, Float32Array> = {
    ...inputs,
    ...windows(layout, inputs["parameters"]!, "parameter"),
    ...(inputs["state"] && windows(stateLayout, inputs["state"], "state")),
  };
  return Object.fromEntries(program.inputs.map(({ name }) => [name, all[name]!]));
}

/** Outputs named `<prefix>:<parameter>` as one flat vector. */
export function collected(
  layout: ParameterLayout,
  outputs: Readonly<Record<string, ArrayLike<number>>>,
  prefix: string,
): Float32Array {
  const vector = new Float32Array(layout.size);
  for (const { name, offset } of layout.views) vector.set(outputs[`${prefix}:${name}`]!, offset);
  return vector;
}
