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
import { predictProgram, trainProgram } from "./program.ts";
import { buildModel, modelConfig } from "./registry.ts";
import type { Model } from "./types.ts";

const vector = z.array(z.number());
const named = z.record(z.string(), vector);

const feature = z.strictObject({
  name: z.string(),
  numRows: z.number(),
  length: z.number().optional(),
  vocabulary: z.string().optional(),
});

/** One case of benchmarks/reference/models.py, or of a script that stands on shelf.py. */
const referenceCase = z.strictObject({
  config: z.looseObject({ kind: z.string() }),
  schema: z.strictObject({
    categorical: z.array(feature),
    numeric: z.array(z.string()),
    tasks: z.array(z.string()).optional(),
  }),
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

const referenceCases = z.object({ batch: z.number(), cases: z.array(referenceCase) });

export type ReferenceCase = z.infer<typeof referenceCase>;
type Numbers = z.infer<typeof named>;

/** Every case of a file of fixtures, with a title that tells it from the others. */
export function casesOf(fixtures: unknown): {
  readonly batch: number;
  readonly cases: readonly { readonly title: string; readonly example: ReferenceCase }[];
} {
  const { batch, cases } = referenceCases.parse(fixtures);
  const titleOf = ({ config, schema }: ReferenceCase) =>
    `${JSON.stringify(config)}, ${schema.categorical.length} categorical and ${schema.numeric.length} numeric features`;
  return { batch, cases: cases.map((example) => ({ title: titleOf(example), example })) };
}

/** The schema of a case. */
export function caseSchema({ schema }: ReferenceCase): FeatureSchema {
  return {
    categorical: schema.categorical.map(({ name, numRows, length, vocabulary }) => ({
      name,
      of: "context",
      numRows,
      ...(length !== undefined && { length }),
      ...(vocabulary !== undefined && { vocabulary }),
    })),
    numeric: schema.numeric.map((name) => ({ name, of: "context" })),
    ...(schema.tasks && { tasks: schema.tasks }),
  };
}

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

/** Makes a model of a case's config. */
export type Build = (config: ReferenceCase["config"], schema: FeatureSchema) => Model;

const fromRegistry: Build = (config, schema) => buildModel(modelConfig.parse(config), schema);

export async function loadModel(
  config: ReferenceCase["config"],
  schema: FeatureSchema,
  { batchSize, build = fromRegistry }: { readonly batchSize: number; readonly build?: Build },
): Promise<Loaded> {
  const model = build(config, schema);
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
