import type { numpy as np } from "@jax-js/jax";
import type { z } from "zod";
import type { FeatureSchema } from "../data/schema.ts";
import type { EmbeddingSpec } from "../embedding/index.ts";
import type { Arrays, DropoutSpec } from "../nn/index.ts";
import type { ParameterSpec } from "../tensor/parameters.ts";

/** What a forward pass reads. All arrays are tracers of one batch of static size. */
export interface ForwardInputs {
  /** Dense parameters by name, each in its declared shape. */
  readonly parameters: Readonly<Record<string, np.Array>>;
  /** Running statistics by name (see `Model.state`). */
  readonly state: Readonly<Record<string, np.Array>>;
  /** Embedded features by embedding name, each [batch, values, width] (see `fields.ts`). */
  readonly embeddings: Readonly<Record<string, np.Array>>;
  /**
   * Table rows as numbers by feature name, each [batch, length], of features longer than 1 and of those
   * that `Model.indices` names: 0 where a value is padding.
   */
  readonly index: Readonly<Record<string, np.Array>>;
  /** Numeric features, [batch, numeric], absent when the schema has none. */
  readonly numeric: np.Array | undefined;
  /** Dropout masks by name, each [batch, size]; none in predict mode. */
  readonly dropout: Readonly<Record<string, np.Array>>;
  /** Example weights, [batch]: 0 marks padding, which batch statistics must not see. */
  readonly weight: np.Array;
  readonly mode: "train" | "predict";
}

export interface ForwardOutputs {
  /** Log-odds of the label, [batch]; of a model of several tasks [batch, tasks], as the schema orders them. */
  readonly logits: np.Array;
  /**
   * A scalar that training adds to the loss: a mean over rows by their `weight`, or of parameters alone.
   * Default: none.
   */
  readonly penalty?: np.Array;
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
  /** Whether it learns all tasks of the schema; otherwise one, and its logits are [batch]. */
  readonly multiTask?: boolean;
  /** Features of length 1 whose table rows it reads as numbers. */
  readonly indices?: readonly string[];
  /** How it learns from whole sequences at once; absent: from rows alone. */
  readonly sequence?: SequenceObjective;
  /** The masks that training draws anew for each batch; absent: none. */
  readonly dropout?: readonly DropoutSpec[];
  readonly forward: (inputs: ForwardInputs) => ForwardOutputs;
  /**
   * Of a mixture of experts: the share of every expert in what each task's tower reads (of levels of
   * experts, those of the last), [batch, tasks * experts], one task after the other. A task's shares of a
   * row sum to 1.
   */
  readonly gates?: (inputs: ForwardInputs) => np.Array;
  /**
   * Starts from models trained before (He et al. 2017 train NeuMF from GMF and MLP). Writes into
   * `target` in place; absent where a model knows no such start.
   */
  readonly startFrom?: (sources: readonly TrainedModel[], target: TrainedModel) => void;
}

/**
 * A model of sequences: what it makes of every position, from which next items are predicted. An item's
 * logit at a position is the product of the position's state and the item's row of `embedding`, so that
 * one pass over a user's sequence learns from all its positions.
 */
export interface SequenceObjective {
  /** The embedding whose rows of `item` both the sequence and the scored items read. */
  readonly embedding: string;
  /** The schema's feature with the past items, oldest first, padded at the start. */
  readonly history: string;
  /** `next`: position i predicts item i + 1; `cloze`: hidden positions predict themselves. */
  readonly target: "next" | "cloze";
  /** Share of positions that cloze hides. */
  readonly hidden?: number;
  /** The embedding of width 1 with a number per item that is added to its logits; absent: none. */
  readonly bias?: string;
  /** States [batch, length, width] of a sequence, and the running statistics that follow. */
  readonly states: (inputs: SequenceInputs) => { states: np.Array; state: Arrays };
  /** The state [batch, width] from which the item after a sequence is predicted. */
  readonly last: (inputs: Omit<SequenceInputs, "masked">) => np.Array;
}

export interface SequenceInputs extends Pick<
  ForwardInputs,
  "parameters" | "state" | "dropout" | "weight" | "mode"
> {
  /** [batch, length, width]: the rows of the sequence's items. */
  readonly items: np.Array;
  /** [batch, length]: 1 where there is an item, 0 where there is padding. */
  readonly present: np.Array;
  /** [batch, length]: 1 where cloze hides the item; all 0 otherwise. */
  readonly masked: np.Array;
}

/** The trained numbers of a model, by name: dense parameters, and tables as `<embedding>/<feature>`. */
export interface TrainedModel {
  readonly kind: string;
  readonly parameters: Readonly<Record<string, Float32Array>>;
  readonly tables: Readonly<Record<string, Float32Array>>;
}

/** One line of the shelf: a strict config (with `kind`) and the builder that reads it. */
export interface ModelDefinition<Config extends { readonly kind: string }> {
  readonly config: z.ZodObject & z.ZodType<Config>;
  /** One sentence with the source, for docs and reports. */
  readonly summary: string;
  readonly build: (config: Config, schema: FeatureSchema) => Model;
}
