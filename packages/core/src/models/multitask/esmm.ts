import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { tasksOf, type FeatureSchema } from "../../data/schema.ts";
import { AtollError } from "../../errors/index.ts";
import { logSumExp } from "../../nn/index.ts";
import { checkAnyFeature, deepInput, deepInputSize, embedAll } from "../ctr/features.ts";
import type { ModelDefinition } from "../types.ts";
import { sideBySide, taskFields, taskTowers } from "./tasks.ts";

const config = z.strictObject({
  kind: z.literal("esmm"),
  ...taskFields,
  towerHidden: taskFields.towerHidden
    .default([64, 32])
    .describe("widths of the layers of the click tower and of the conversion tower"),
});

export type EsmmConfig = z.infer<typeof config>;

/**
 * Entire space multi-task model, for clicks and the conversions that follow some of them: two towers on
 * shared embeddings, of which only the product learns from conversions, over all impressions.
 *
 *   p(click) = sigmoid(a),   p(click and conversion) = sigmoid(a) sigmoid(b)
 *
 * Ma et al. 2018, figure 2 (SIGIR, "Entire Space Multi-Task Model"). The first task is the click, the
 * second the conversion, whose label is 1 only where a click was.
 */
export const esmm = {
  config,
  summary: "conversions as a product of two towers over all impressions (Ma et al. 2018)",
  build: ({ width, towerHidden, batchNorm, dropout, embeddingStd: std }, schema) => {
    checkAnyFeature("esmm", schema);
    checkTwoTasks(schema);
    const towers = taskTowers(schema, {
      inputs: deepInputSize(schema, width),
      hidden: towerHidden,
      batchNorm,
      dropout,
    });
    return {
      kind: "esmm",
      multiTask: true,
      parameters: towers.parameters,
      state: towers.state,
      dropout: towers.masks,
      embeddings: embedAll("deep", schema, { width, std }),
      forward: (inputs) => {
        const x = deepInput(inputs, schema, "deep");
        const { logits, state } = towers.forward(inputs, [x, x]);
        const [click, conversion] = logits as [np.Array, np.Array];
        return { logits: sideBySide([click, logOddsOfBoth(click, conversion)]), state };
      },
    };
  },
} as const satisfies ModelDefinition<EsmmConfig>;

/**
 * The log-odds of two independent events from the log-odds of each, all [batch, 1].
 *
 *   log(p / (1 - p)) = -log(e^-a + e^-b + e^-(a + b)),   p = sigmoid(a) sigmoid(b)
 *
 * for 1 / p = (1 + e^-a)(1 + e^-b). Exact where p is near 0 and near 1, and so are its slopes, which are
 * shares: (e^-a + e^-(a + b)) / sum and (e^-b + e^-(a + b)) / sum.
 */
export function logOddsOfBoth(a: np.Array, b: np.Array): np.Array {
  const exponents = np.concatenate([a.neg(), b.neg(), a.add(b).neg()], 1);
  return logSumExp(exponents).neg().reshape([-1, 1]);
}

function checkTwoTasks(schema: FeatureSchema): void {
  const tasks = tasksOf(schema);
  if (tasks.length === 2) return;
  throw new AtollError(
    "MODEL_NEEDS_TASKS",
    `model "esmm" needs two tasks, a click and the conversion that follows it, the data have ` +
      `${tasks.length} (${tasks.join(", ")}); name two label columns, the click's first, or choose ` +
      "another model",
  );
}
