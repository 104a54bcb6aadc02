import { z } from "zod";
import { graphRows } from "../../training/population/index.ts";
import { centralisedFedcctrConfig, itemVectors } from "../fedcctr/config.ts";
import { centralisedStages, populationModel } from "../fedcctr/index.ts";
import { method } from "../types.ts";
import { sequenceReading, sequenceSizes } from "./sequence-settings.ts";

const config = z.strictObject({
  kind: z.literal("c2dsr"),
  ...sequenceSizes,
  graphLayers: z
    .number()
    .int()
    .nonnegative()
    .default(1)
    .describe("layers of the graph of which item follows which; 0: none"),
  lambda: z
    .number()
    .gt(0)
    .max(1)
    .default(0.7)
    .describe("what the losses of next items count; the infomax objective counts the rest"),
  loss: centralisedFedcctrConfig.shape.loss,
  ...sequenceReading,
});

/** C2DSR on everybody's sequences: Cao et al., CIKM 2022; what differs is told at `c2dsr` of the models. */
export const c2dsr = method({
  config,
  summary:
    "Encoders of each domain and of the merged sequence on an item graph, with an infomax objective across domains, on pooled sequences (C2DSR, Cao et al. 2022).",
  role: "reference",
  parties: "pooled",
  trainsModel: false,
  stages: (own, settings) => {
    const { graphLayers: layers, lambda, blocks, heads, dropout } = own;
    const infomax = (1 - lambda) / lambda;
    return centralisedStages(
      settings,
      { ...own, items: itemVectors.parse({}), augmentation: { kind: "none" } },
      populationModel(
        { kind: "c2dsr", blocks, heads, dropout, infomax },
        layers > 0 ? (options) => graphRows(options, layers) : undefined,
      ),
    );
  },
});
