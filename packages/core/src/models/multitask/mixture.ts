import type { numpy as np } from "@jax-js/jax";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import { gatedSum, type Arrays, type DropoutSpec } from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import { deepInput, deepInputSize, embedAll } from "../ctr/features.ts";
import type { ForwardInputs, Model } from "../types.ts";
import { sideBySide, taskTowers } from "./tasks.ts";

/** Experts that see the whole example, with as many outputs for each task as there are experts. */
export interface ExpertsOfTasks {
  readonly parameters: readonly ParameterSpec[];
  readonly state: readonly ParameterSpec[];
  readonly masks: readonly DropoutSpec[];
  readonly outputs: number;
  readonly forward: (
    inputs: ForwardInputs,
    x: np.Array,
  ) => { readonly outs: readonly (readonly np.Array[])[]; readonly state: Arrays };
}

export interface MixtureSettings {
  readonly width: number;
  readonly experts: number;
  readonly towerHidden: readonly number[];
  readonly batchNorm: boolean;
  readonly dropout: number;
  readonly embeddingStd: number;
}

/** A gate and a tower for every task on a group of experts: logit_t = tower_t(gate_t(x, out_t1, ...)). */
export function mixture(
  kind: string,
  settings: MixtureSettings,
  { schema, group }: { readonly schema: FeatureSchema; readonly group: ExpertsOfTasks },
): Model {
  const { width, towerHidden, batchNorm, dropout } = settings;
  const inputs = deepInputSize(schema, width);
  const gates = tasksOf(schema).map((_, task) =>
    gatedSum(`gate${task}`, { inputs, parts: settings.experts, task }),
  );
  const towers = taskTowers(schema, {
    inputs: group.outputs,
    hidden: towerHidden,
    batchNorm,
    dropout,
  });
  return {
    kind,
    multiTask: true,
    parameters: [group, ...gates, towers].flatMap((part) => part.parameters),
    state: [...group.state, ...towers.state],
    dropout: [...group.masks, ...towers.masks],
    embeddings: embedAll("deep", schema, { width, std: settings.embeddingStd }),
    forward: (inputs) => {
      const x = deepInput(inputs, schema, "deep");
      const { outs, state: after } = group.forward(inputs, x);
      const { logits, state } = towers.forward(
        inputs,
        gates.map((gate, t) => gate.forward(inputs.parameters, x, outs[t]!)),
      );
      return { logits: sideBySide(logits), state: { ...after, ...state } };
    },
    gates: (inputs) => {
      const x = deepInput(inputs, schema, "deep");
      return sideBySide(gates.map((gate) => gate.shares(inputs.parameters, x)));
    },
  };
}
