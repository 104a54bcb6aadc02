import { lax, numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf } from "../../data/schema.ts";
import { experts, gatedSum } from "../../nn/index.ts";
import {
  checkAnyFeature,
  deepInput,
  deepInputSize,
  embedAll,
  hiddenSizes,
} from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { count, sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("stem"),
  ...taskFields,
  width: taskFields.width
    .default(8)
    .describe("entries of each feature's embedding, in the shared table and in every task's own"),
  taskExperts: count.default(1).describe("experts of each task, on the task's own embeddings"),
  sharedExperts: count.default(1).describe("experts on the shared embeddings"),
  expertHidden: hiddenSizes.default([64]).describe("widths of each expert's layers"),
});

export type StemConfig = z.infer<typeof config>;

/**
 * Shared and task-specific embeddings: an embedding of every feature for all tasks together and one for
 * each. A task reads all experts, but trains only its own and the shared ones.
 *
 *   logit_t = tower_t(sum_e softmax((x_t + x_s) G_t + g_t)_e out_e)
 *   out: experts of x_t as they are, of x_s as they are, of other tasks' x_u without gradient
 *
 * x_t = [v_1, ..., v_F, x_numeric] from the table of task t, x_s from the shared one, in x_t + x_s the
 * numeric features once. Su et al. 2024, section 4: embeddings of users with contradictory tastes in two
 * tasks need not meet in the middle.
 */
export const stem = {
  config,
  summary: "shared and task-specific embeddings, gates without gradient across (Su et al. 2024)",
  build: (settings, schema) => {
    checkAnyFeature("stem", schema);
    const { width, taskExperts, sharedExperts, towerHidden, batchNorm, dropout } = settings;
    const inputs = deepInputSize(schema, width);
    const tasks = tasksOf(schema);
    const layers = { inputs, hidden: settings.expertHidden, batchNorm, dropout };
    const own = tasks.map((_, t) =>
      experts(`task${t}`, { ...layers, experts: taskExperts, first: t * taskExperts }),
    );
    const first = tasks.length * taskExperts;
    const shared = experts("shared", { ...layers, experts: sharedExperts, first });
    const parts = first + sharedExperts;
    const gates = tasks.map((_, t) => gatedSum(`gate${t}`, { inputs, parts, task: t }));
    const towers = taskTowers(schema, {
      inputs: shared.outputs,
      hidden: towerHidden,
      batchNorm,
      dropout,
    });
    const embed = (name: string) => embedAll(name, schema, { width, std: settings.embeddingStd });
    const selector = (own: np.Array, common: np.Array) =>
      sumOfVectors(own, common, width * schema.categorical.length);
    const towersAndExperts = [...own, shared, towers];
    return {
      kind: "stem",
      multiTask: true,
      parameters: [...own, shared, ...gates, towers].flatMap((part) => part.parameters),
      state: towersAndExperts.flatMap((part) => part.state),
      dropout: towersAndExperts.flatMap((part) => part.masks),
      embeddings: [...embed("shared"), ...tasks.flatMap((_, t) => embed(`task${t}`))],
      forward: (inputs) => {
        const xs = tasks.map((_, t) => deepInput(inputs, schema, `task${t}`));
        const common = deepInput(inputs, schema, "shared");
        const ofTasks = own.map((group, t) => group.forward(inputs, xs[t]!));
        const ofAll = shared.forward(inputs, common);
        const mixed = gates.map((gate, t) => {
          const outs = ofTasks.flatMap((group, other) =>
            other === t ? group.outs : group.outs.map((out) => lax.stopGradient(out)),
          );
          return gate.forward(inputs.parameters, selector(xs[t]!, common), [
            ...outs,
            ...ofAll.outs,
          ]);
        });
        const { logits, state } = towers.forward(inputs, mixed);
        return {
          logits: sideBySide(logits),
          state: Object.assign({}, ...ofTasks.map((group) => group.state), ofAll.state, state),
        };
      },
      gates: (inputs) => {
        const common = deepInput(inputs, schema, "shared");
        return sideBySide(
          gates.map((gate, t) =>
            gate.shares(inputs.parameters, selector(deepInput(inputs, schema, `task${t}`), common)),
          ),
        );
      },
    };
  },
} as const satisfies ModelDefinition<StemConfig>;

/** a + b in the first `size` columns, b in the others, which are the same in both; [batch, inputs]. */
function sumOfVectors(a: np.Array, b: np.Array, size: number): np.Array {
  if (size === a.shape[1]!) return a.add(b);
  if (size === 0) return b;
  const sum = a.slice([], [0, size]).add(b.slice([], [0, size]));
  return np.concatenate([sum, b.slice([], [size, b.shape[1]!])], 1);
}
