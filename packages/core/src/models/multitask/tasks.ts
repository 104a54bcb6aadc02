import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import {
  linear,
  mlp,
  ofPart,
  type Arrays,
  type DropoutSpec,
  type MlpOptions,
} from "../../nn/index.ts";
import type { ModelPart, ParameterSpec } from "../../tensor/index.ts";
import { dropoutRate, embeddingStd, embeddingWidth } from "../ctr/features.ts";
import type { ForwardInputs } from "../types.ts";

/** Config fields of every model of several tasks. */
export const taskFields = {
  width: embeddingWidth.default(16).describe("entries of each feature's embedding"),
  towerHidden: z
    .array(z.number().int().positive())
    .default([32])
    .describe("widths of the layers of each task's tower; []: the logit right away"),
  batchNorm: z.boolean().default(false).describe("batch normalisation in all layers but the last"),
  dropout: dropoutRate,
  embeddingStd,
};

/** Config field: how many of something. */
export const count = z.number().int().positive();

export interface TaskTowers {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  /** What each task reads, [batch, inputs], to a log-odds each, [batch, 1]. */
  readonly forward: (
    inputs: ForwardInputs,
    xs: readonly np.Array[],
  ) => { logits: np.Array[]; state: Arrays };
}

/**
 * A tower and a linear layer for every task of the schema: `tower<t>`, an `mlp`, and `head<t>`, which is the
 * last layer of the model's part tower t.
 */
export function taskTowers(schema: FeatureSchema, options: MlpOptions): TaskTowers {
  const towers = tasksOf(schema).map((_, t) => {
    const part = (layer: number): ModelPart => ({ kind: "tower", task: t, layer });
    const tower = mlp(`tower${t}`, { ...options, part });
    const head = linear(`head${t}`, { inputs: tower.outputs, outputs: 1 });
    return { tower, head: ofPart(head, part(options.hidden.length)) };
  });
  return {
    parameters: towers.flatMap(({ tower, head }) => [...tower.parameters, ...head.parameters]),
    state: towers.flatMap(({ tower }) => tower.state),
    masks: towers.flatMap(({ tower }) => tower.masks),
    forward: (inputs, xs) => {
      const results = towers.map(({ tower, head }, t) => {
        const { x, state } = tower.forward(inputs, xs[t]!);
        return { logits: head.forward(inputs.parameters, x), state };
      });
      return {
        logits: results.map(({ logits }) => logits),
        state: Object.assign({}, ...results.map(({ state }) => state)),
      };
    },
  };
}

/** Arrays [batch, ...] beside each other along the second axis. */
export function sideBySide(parts: readonly np.Array[]): np.Array {
  return parts.length === 1 ? parts[0]! : np.concatenate([...parts], 1);
}
