import { z } from "zod";
import { strategies } from "../../federation/index.ts";
import type { ParameterView } from "../../tensor/index.ts";
import { federatedStages } from "../stages/federated.ts";
import type { LocalRule } from "../stages/local-rule.ts";
import { method } from "../types.ts";
import { headNormalisation } from "./fedper.ts";
import { checkHead, isHead, lacksHead } from "./personal-head.ts";

/**
 * FedRep: Collins et al. 2021, arXiv 2102.07078, algorithm 1. The split of `fedper`, but a round trains the
 * two in turn: first the head on the representation as received, then the representation for the head
 * as found. Embedding tables are part of the representation.
 */
export const fedrep = method({
  config: z.strictObject({
    kind: z.literal("fedrep"),
    headEpochs: z
      .number()
      .int()
      .positive()
      .default(1)
      .describe(
        "passes over the client's rows that train its head alone, before federation.localEpochs passes that train all else",
      ),
    normalisation: headNormalisation,
  }),
  summary:
    "As FedPer, but each round trains first the personal head alone, then the shared rest alone (Collins et al. 2021).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  lacking: lacksHead,
  stages: (config, settings) => {
    checkHead(config.kind, settings);
    return federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: config.normalisation,
      parts: (spec) => !isHead(spec),
      local: headFirst(config.headEpochs),
    });
  },
});

/** So many passes of the head alone, then the experiment's of all else. The loss is that of the latter. */
export function headFirst(headEpochs: number): LocalRule {
  return {
    start: ({ trainer: { layout }, settings: { federation } }) => {
      const where = (chosen: (view: ParameterView) => boolean) =>
        layout.views.filter(chosen).map(({ offset, length }) => ({ offset, length }));
      const head = where(isHead);
      const body = where((view) => !isHead(view));
      return {
        numPasses: headEpochs + federation.localEpochs,
        train: async (passes) => {
          await passes(headEpochs, { frozen: { ranges: body, tables: true } });
          const loss = await passes(federation.localEpochs, {
            frozen: { ranges: head, tables: false },
          });
          return { loss };
        },
      };
    },
  };
}
