import { numpy as np } from "@jax-js/jax";
import { z } from "zod";
import { mlp } from "../../nn/index.ts";
import { normalInit } from "../../tensor/index.ts";
import type { ModelDefinition, TrainedModel } from "../types.ts";
import {
  checkUserAndItem,
  dropoutRate,
  embeddingStd,
  embeddingWidth,
  hiddenSizes,
} from "./features.ts";
import { userTimesItem } from "./gmf.ts";
import { logitHead } from "./head.ts";
import { userBesideItem } from "./mlp.ts";
import { copyNumbers, numbersOf, sourceOf } from "./start.ts";

const config = z.strictObject({
  kind: z.literal("neumf"),
  gmfWidth: embeddingWidth.default(8).describe("entries of the vectors that are multiplied"),
  mlpWidth: embeddingWidth.default(8).describe("entries of the vectors that the tower reads"),
  hidden: hiddenSizes.default([64, 32, 16, 8]).describe("widths of the tower's layers"),
  dropout: dropoutRate,
  embeddingStd,
});

export type NeuMfConfig = z.infer<typeof config>;

/**
 * Neural matrix factorisation: GMF and MLP, each with its own embeddings, under one head.
 *
 *   logit = w [tower([p', q']), p * q] + b
 *
 * He et al. 2017, equation 12. It may start from a trained `gmf` and a trained `mlp` of the same widths;
 * see `startFromBoth`.
 */
export const neumf = {
  config,
  summary: "matrix factorisation and tower under one head (He et al. 2017)",
  build: ({ gmfWidth, mlpWidth, hidden, dropout, embeddingStd: std }, schema) => {
    checkUserAndItem("neumf", schema);
    const init = normalInit(std);
    const features = ["user", "item"];
    const tower = mlp("tower", { inputs: 2 * mlpWidth, hidden, dropout });
    const head = logitHead("head", { inputs: tower.outputs + gmfWidth });
    return {
      kind: "neumf",
      parameters: [...tower.parameters, ...head.parameters],
      state: [],
      dropout: tower.masks,
      embeddings: [
        { name: "gmf", features, width: gmfWidth, init },
        { name: "mlp", features, width: mlpWidth, init },
      ],
      forward: (inputs) => {
        const deep = tower.forward(inputs, userBesideItem(inputs, "mlp"));
        const vector = np.concatenate([deep.x, userTimesItem(inputs, "gmf")], 1);
        return { logits: head.forward(inputs.parameters, vector).reshape([-1]), state: {} };
      },
      startFrom: startFromBoth,
    };
  },
} as const satisfies ModelDefinition<NeuMfConfig>;

/**
 * The start of He et al. 2017, section 3.4.1, with trade-off 1/2: the tables of both models, the tower's
 * weights, and for the head the mean of both predictions,
 *
 *   w = 1/2 [w_mlp, w_gmf],   b = 1/2 (b_mlp + b_gmf).
 *
 * The tower's biases keep their fresh draws: efficient-xmrec copies the weights only, and the published
 * XMarket numbers come from there.
 */
function startFromBoth(sources: readonly TrainedModel[], target: TrainedModel): void {
  const gmf = sourceOf("gmf", sources, target);
  const mlp = sourceOf("mlp", sources, target);
  const same = (name: string) => [name, name] as const;
  copyNumbers("tables", [same("gmf/user"), same("gmf/item")], { source: gmf, target });
  copyNumbers("tables", [same("mlp/user"), same("mlp/item")], { source: mlp, target });
  const towerWeights = Object.keys(target.parameters)
    .filter((name) => name.startsWith("tower/") && name.endsWith("/weight"))
    .map(same);
  copyNumbers("parameters", towerWeights, { source: mlp, target });

  const weight = numbersOf(target, "parameters", "head/weight");
  const fromMlp = numbersOf(mlp, "parameters", "head/weight");
  const fromGmf = numbersOf(gmf, "parameters", "head/weight", weight.length - fromMlp.length);
  for (let i = 0; i < fromMlp.length; i++) weight[i] = 0.5 * fromMlp[i]!;
  for (let i = 0; i < fromGmf.length; i++) weight[fromMlp.length + i] = 0.5 * fromGmf[i]!;
  const bias = numbersOf(target, "parameters", "head/bias");
  bias[0] =
    0.5 *
    (numbersOf(mlp, "parameters", "head/bias")[0]! + numbersOf(gmf, "parameters", "head/bias")[0]!);
}
