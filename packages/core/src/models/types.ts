import type { numpy as np } from "@jax-js/jax";
import type { z } from "zod";
import type { FeatureSchema } from "../data/schema.ts";
import type { EmbeddingSpec } from "../embedding/index.ts";
import type { DropoutSpec } from "../nn/index.ts";
import type { ParameterSpec } from "../tensor/parameters.ts";

/** What a forward pass reads. All arrays are tracers of one batch of static size. */
export interface ForwardInputs {
  /** Dense parameters by name, each in its declared shape. */
  readonly parameters: Readonly<Record<string, np.Array>>;
  /** Running statistics by name (see `Model.state`). */
  readonly state: Readonly<Record<string, np.Array>>;
  /** Embedded features by embedding name, each [batch, features, width]. */
  readonly embeddings: Readonly<Record<string, np.Array>>;
  /** Numeric features, [batch, numeric], absent when the schema has none. */
  readonly numeric: np.Array | undefined;
  /** Dropout masks by name, each [batch, size]; none in predict mode. */
  readonly dropout: Readonly<Record<string, np.Array>>;
  /** Example weights, [batch]: 0 marks padding, which batch statistics must not see. */
  readonly weight: np.Array;
  readonly mode: "train" | "predict";
}

export interface ForwardOutputs {
  /** Log-odds of the label, [batch]. */
  readonly logits: np.Array;
  /** New running statistics, the same names and shapes as came in; in predict mode, the same values. */
  readonly state: Readonly<Record<string, np.Array>>;
}

/** A model made for one feature schema: what it needs, and its forward pass as a pure function. */
export interface Model {
  readonly kind: string;
  readonly parameters: readonly ParameterSpec[];
  /** State without gradient that training updates (running mean and variance); role `normalisation`. */
  readonly state: readonly ParameterSpec[];
  readonly embeddings: readonly EmbeddingSpec[];
  /** The masks that training draws anew for each batch; absent: none. */
  readonly dropout?: readonly DropoutSpec[];
  readonly forward: (inputs: ForwardInputs) => ForwardOutputs;
  /**
   * Starts from models trained before (He et al. 2017 train NeuMF from GMF and MLP). Writes into
   * `target` in place; absent where a model knows no such start.
   */
  readonly startFrom?: (sources: readonly TrainedModel[], target: TrainedModel) => void;
}

/** The trained numbers of a model, by name: dense parameters, and tables as `<embedding>/<feature>`. */
export interface TrainedModel {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly tables: Readonly<Record<string, Float32Array>>;
}

/** One line of the shelf: a strict config (with `kind`) and the builder that reads it. */
export interface ModelDefinition<Config extends { readonly kind: string }> {
  readonly config: z.ZodType<Config>;
  /** One sentence with the source, for docs and reports. */
  readonly summary: string;
  readonly build: (config: Config, schema: FeatureSchema) => Model;
}
