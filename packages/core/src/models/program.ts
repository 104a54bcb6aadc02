import { numpy as np } from "@jax-js/jax";
import { lengthOf, tasksOf, type CategoricalFeature, type FeatureSchema } from "../data/schema.ts";
import { arrayOf, type Arrays } from "../nn/index.ts";
import {
  chunkName,
  chunkSpecs,
  compile,
  compileWithGradient,
  type ParameterLayout,
  type Program,
  type TensorSpec,
} from "../tensor/index.ts";
import { lossOf, PLAIN_LOSS, type LossOptions } from "./loss.ts";
import type { ForwardInputs, Model } from "./types.ts";

export interface TrainProgramOptions {
  /** Parts of a batch that go through the model one by one. Default: 1. */
  readonly chunks?: number;
  /** Default: cross-entropy. */
  readonly loss?: LossOptions;
}

/**
 * The training step of a model for batches of one size: forward, loss, gradients.
 *
 * Inputs: `parameter:<name>` and `state:<name>` in their declared shapes, `embedding:<name>`
 * [B, values, width], `index:<feature>` [B, length] (`indexedFeatures`), `numeric` [B, N] where the schema
 * has numeric features, `dropout:<name>` [B, size], `label` [B], or [B, T] of a model of several tasks,
 * `weight` [B].
 * Outputs: `loss`, a scalar (`lossOf`) with the model's penalty; `logits`, shaped as the label;
 * `next:state:<name>`, the running statistics that follow (ONNX lets no output bear an input's name);
 * `gradient:parameter:<name>` and `gradient:embedding:<name>`, the gradients of the loss.
 *
 * With `chunks` > 1, embeddings, numeric features and masks enter in so many parts (`chunkName`), each of
 * which goes through the model by itself: for models without running statistics, whose rows do not know
 * each other.
 *
 * Parameters enter one by one, so that a caller binds windows on its flat vector (`windows`): a program
 * that took the vector whole would copy it apart, and its gradient together, at every step.
 */
export function trainProgram(
  model: Model,
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
  { chunks = 1, loss: objective = PLAIN_LOSS }: TrainProgramOptions = {},
): Program {
  const learned = learnedInputs(model, layout, schema, batchSize, chunks);
  const masks = model.dropout ?? [];
  const inputs = [
    ...learned,
    ...givenInputs(model, stateLayout, schema, batchSize, chunks),
    ...masks.flatMap(({ name, size }) =>
      chunkSpecs(tensor(`dropout:${name}`, [batchSize, size]), chunks),
    ),
    tensor("label", model.multiTask === true ? [batchSize, tasksOf(schema).length] : [batchSize]),
    tensor("weight", [batchSize]),
  ];
  return compileWithGradient({
    name: `train:${model.kind}`,
    inputs,
    fn: (arrays) => {
      const weight = arrayOf(arrays, "weight");
      const layouts = { layout, stateLayout, schema };
      const parts = np.split(weight, chunks).map((weight, chunk) => {
        const part = partOf(arrays, chunk, chunks);
        const dropout = Object.fromEntries(
          masks.map(({ name }) => [name, arrayOf(part, `dropout:${name}`)]),
        );
        const context = { weight, dropout, mode: "train" } as const;
        return model.forward(forwardInputs(model, layouts, part, context));
      });
      const { state } = parts[0]!;
      const logits =
        chunks === 1 ? parts[0]!.logits : np.concatenate(parts.map((part) => part.logits));
      let loss = lossOf(objective, logits, arrayOf(arrays, "label"), weight);
      // A penalty is a mean over rows by their weight, or of parameters alone: with parts counting by
      // their weight, the penalty of the whole.
      const weights = np.split(weight, chunks).map((part) => np.sum(part));
      const share = np.reciprocal(np.sum(weight));
      for (const [chunk, { penalty }] of parts.entries())
        if (penalty !== undefined)
          loss = loss.add(chunks === 1 ? penalty : penalty.mul(weights[chunk]!).mul(share));
      const next = stateLayout.views.map(({ name }) => [
        `next:state:${name}`,
        arrayOf(state, name),
      ]);
      return { loss, logits, ...Object.fromEntries(next) };
    },
    loss: "loss",
    wrt: learned.map(({ name }) => name),
  });
}

/** The scoring step: the inputs of `trainProgram` but `label` and `weight`; the output `logits` [B]. */
export function predictProgram(
  model: Model,
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
): Program {
  const layouts = { layout, stateLayout, schema };
  return readOnly(`predict:${model.kind}`, model, layouts, batchSize, (inputs) => ({
    logits: model.forward(inputs).logits,
  }));
}

/**
 * How a mixture of experts shares its tasks out: the inputs of `predictProgram`, the output `gates`
 * [B, tasks * experts] (`Model.gates`). Nothing for a model that has no gates.
 */
export function gatesProgram(
  model: Model,
  layout: ParameterLayout,
  stateLayout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
): Program | undefined {
  const { gates } = model;
  if (gates === undefined) return undefined;
  const layouts = { layout, stateLayout, schema };
  return readOnly(`gates:${model.kind}`, model, layouts, batchSize, (inputs) => ({
    gates: gates(inputs),
  }));
}

/** A program over what a forward pass reads, without gradient. */
function readOnly(
  name: string,
  model: Model,
  layouts: Layouts,
  batchSize: number,
  fn: (inputs: ForwardInputs) => Record<string, np.Array>,
): Program {
  const { layout, stateLayout, schema } = layouts;
  const inputs = [
    ...learnedInputs(model, layout, schema, batchSize, 1),
    ...givenInputs(model, stateLayout, schema, batchSize, 1),
  ];
  return compile({
    name,
    inputs,
    fn: (arrays) => {
      const weight = np.ones([batchSize]); // no row is padding; nothing in predict mode asks
      return fn(forwardInputs(model, layouts, arrays, { weight, dropout: {}, mode: "predict" }));
    },
  });
}

export const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

export const embeddingInput = (name: string) => `embedding:${name}`;

/** Inputs with a gradient. */
export function learnedInputs(
  model: Model,
  layout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
  chunks: number,
): TensorSpec[] {
  const lengths = new Map(schema.categorical.map((feature) => [feature.name, lengthOf(feature)]));
  return [
    ...layout.views.map(({ name, shape }) => tensor(`parameter:${name}`, shape)),
    ...model.embeddings.flatMap(({ name, features, width }) => {
      const numValues = features.reduce((sum, feature) => sum + (lengths.get(feature) ?? 1), 0);
      return chunkSpecs(tensor(embeddingInput(name), [batchSize, numValues, width]), chunks);
    }),
  ];
}

/** The features that enter as numbers: those longer than 1 that are embedded, and those the model names. */
export function indexedFeatures(model: Model, schema: FeatureSchema): CategoricalFeature[] {
  const embedded = new Set(model.embeddings.flatMap(({ features }) => features));
  return schema.categorical.filter(
    (feature) =>
      model.indices?.includes(feature.name) === true ||
      (lengthOf(feature) > 1 && embedded.has(feature.name)),
  );
}

/** Inputs without. */
export function givenInputs(
  model: Model,
  stateLayout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
  chunks: number,
): TensorSpec[] {
  const numNumeric = schema.numeric.length;
  return [
    ...stateLayout.views.map(({ name, shape }) => tensor(`state:${name}`, shape)),
    ...indexedFeatures(model, schema).flatMap((feature) =>
      chunkSpecs(tensor(`index:${feature.name}`, [batchSize, lengthOf(feature)]), chunks),
    ),
    ...(numNumeric > 0 ? chunkSpecs(tensor("numeric", [batchSize, numNumeric]), chunks) : []),
  ];
}

/** The arrays of one part under the names of the whole; what is not cut belongs to every part. */
function partOf(arrays: Arrays, chunk: number, chunks: number): Arrays {
  if (chunks === 1) return arrays;
  const suffix = chunkName("", chunk, chunks);
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => !name.includes("#") || name.endsWith(suffix))
      .map(([name, array]) => [name.replace(suffix, ""), array]),
  );
}

export interface Layouts {
  readonly schema: FeatureSchema;
  readonly layout: ParameterLayout;
  readonly stateLayout: ParameterLayout;
}

export function forwardInputs(
  model: Model,
  { layout, stateLayout, schema }: Layouts,
  arrays: Arrays,
  context: Pick<ForwardInputs, "weight" | "dropout" | "mode">,
): ForwardInputs {
  return {
    parameters: named(layout, "parameter", arrays),
    state: named(stateLayout, "state", arrays),
    embeddings: Object.fromEntries(
      model.embeddings.map(({ name }) => [name, arrayOf(arrays, embeddingInput(name))]),
    ),
    index: Object.fromEntries(
      indexedFeatures(model, schema).map(({ name }) => [name, arrayOf(arrays, `index:${name}`)]),
    ),
    numeric: arrays["numeric"],
    ...context,
  };
}

function named({ views }: ParameterLayout, prefix: string, arrays: Arrays): Arrays {
  return Object.fromEntries(views.map(({ name }) => [name, arrayOf(arrays, `${prefix}:${name}`)]));
}
