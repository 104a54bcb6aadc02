import { numpy as np } from "@jax-js/jax";
import type { FeatureSchema } from "../data/schema.ts";
import { arrayOf, binaryCrossEntropyWithLogits, type Arrays } from "../nn/index.ts";
import {
  chunkName,
  chunkSpecs,
  compile,
  compileWithGradient,
  type ParameterLayout,
  type Program,
  type TensorSpec,
} from "../tensor/index.ts";
import type { ForwardInputs, ForwardOutputs, Model } from "./types.ts";

/**
 * The training step of a model for batches of one size: forward, loss, gradients.
 *
 * Inputs: `parameter:<name>` and `state:<name>` in their declared shapes, `embedding:<name>`
 * [B, features, width], `numeric` [B, N] where the schema has numeric features, `dropout:<name>` [B, size],
 * `label` [B], `weight` [B].
 * Outputs: `loss`, the weighted mean of the cross-entropy, a scalar; `logits` [B];
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
  chunks = 1,
): Program {
  const learned = learnedInputs(model, layout, batchSize, chunks);
  const masks = model.dropout ?? [];
  const inputs = [
    ...learned,
    ...givenInputs(stateLayout, schema, batchSize, chunks),
    ...masks.flatMap(({ name, size }) =>
      chunkSpecs(tensor(`dropout:${name}`, [batchSize, size]), chunks),
    ),
    tensor("label", [batchSize]),
    tensor("weight", [batchSize]),
  ];
  return compileWithGradient({
    name: `train:${model.kind}`,
    inputs,
    fn: (arrays) => {
      const weight = arrayOf(arrays, "weight");
      const layouts = { layout, stateLayout };
      const parts = np.split(weight, chunks).map((weight, chunk) => {
        const part = partOf(arrays, chunk, chunks);
        const dropout = Object.fromEntries(
          masks.map(({ name }) => [name, arrayOf(part, `dropout:${name}`)]),
        );
        return forward(model, layouts, part, { weight, dropout, mode: "train" });
      });
      const { state } = parts[0]!;
      const logits =
        chunks === 1 ? parts[0]!.logits : np.concatenate(parts.map((part) => part.logits));
      const loss = binaryCrossEntropyWithLogits(logits, arrayOf(arrays, "label"), weight);
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
  const inputs = [
    ...learnedInputs(model, layout, batchSize, 1),
    ...givenInputs(stateLayout, schema, batchSize, 1),
  ];
  const fn = (arrays: Arrays) => {
    const weight = np.ones([batchSize]); // no row is padding; nothing in predict mode asks
    const layouts = { layout, stateLayout };
    const context = { weight, dropout: {}, mode: "predict" } as const;
    const { logits } = forward(model, layouts, arrays, context);
    return { logits };
  };
  return compile({ name: `predict:${model.kind}`, inputs, fn });
}

const tensor = (name: string, shape: readonly number[]): TensorSpec => ({
  name,
  shape,
  dtype: "float32",
});

const embeddingInput = (name: string) => `embedding:${name}`;

/** Inputs with a gradient. */
function learnedInputs(
  model: Model,
  layout: ParameterLayout,
  batchSize: number,
  chunks: number,
): TensorSpec[] {
  return [
    ...layout.views.map(({ name, shape }) => tensor(`parameter:${name}`, shape)),
    ...model.embeddings.flatMap(({ name, features, width }) =>
      chunkSpecs(tensor(embeddingInput(name), [batchSize, features.length, width]), chunks),
    ),
  ];
}

/** Inputs without. */
function givenInputs(
  stateLayout: ParameterLayout,
  schema: FeatureSchema,
  batchSize: number,
  chunks: number,
): TensorSpec[] {
  const numNumeric = schema.numeric.length;
  return [
    ...stateLayout.views.map(({ name, shape }) => tensor(`state:${name}`, shape)),
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

interface Layouts {
  readonly layout: ParameterLayout;
  readonly stateLayout: ParameterLayout;
}

function forward(
  model: Model,
  { layout, stateLayout }: Layouts,
  arrays: Arrays,
  context: Pick<ForwardInputs, "weight" | "dropout" | "mode">,
): ForwardOutputs {
  return model.forward({
    parameters: named(layout, "parameter", arrays),
    state: named(stateLayout, "state", arrays),
    embeddings: Object.fromEntries(
      model.embeddings.map(({ name }) => [name, arrayOf(arrays, embeddingInput(name))]),
    ),
    numeric: arrays["numeric"],
    ...context,
  });
}

function named({ views }: ParameterLayout, prefix: string, arrays: Arrays): Arrays {
  return Object.fromEntries(views.map(({ name }) => [name, arrayOf(arrays, `${prefix}:${name}`)]));
}
