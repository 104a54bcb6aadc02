import { extension, z } from "@atoll/core/extensions";
import { strategies } from "@atoll/core/federation";
import { checkHead, federatedStages, isHead, lacksHead, method } from "@atoll/core/methods";
import type { LocalRule } from "@atoll/core/methods";

/**
 * FedBABU: Oh, Kim and Yun 2022, arXiv 2106.06042. Clients train and average the body of the model alone. The head,
 * its last layer, stays at the random start that all of them share, so that it pulls nobody's body its own way. After
 * the last round each client trains body and head on its own rows.
 */
const fedbabu = method({
  // What an experiment may set. The text becomes documentation, and a misspelt setting gets a "did you mean".
  config: z.strictObject({
    kind: z.literal("fedbabu"),
    passes: z
      .number()
      .int()
      .positive()
      .default(5)
      .describe("most passes over its own rows that a client makes alone after the last round"),
  }),
  summary: "FedAvg of the body under a fixed random head, then fine-tuning (Oh et al. 2022).",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  // Checked before anything runs: a model without a last layer of its own has no head to hold.
  lacking: lacksHead,
  stages: (config, settings) => {
    checkHead(config.kind, settings);
    return federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: strategies.fedavg() },
      normalisation: "federated",
      // What travels. The guard refuses all else, and the report lists it.
      parts: (parameter) => !isHead(parameter),
      local: bodyOnly,
      finalPasses: config.passes,
    });
  },
});

/** The experiment's passes over a client's rows, in which the head does not move. */
const bodyOnly: LocalRule = {
  start: ({ trainer, settings: { federation } }) => {
    const ranges = trainer.layout.views.filter(isHead);
    return {
      numPasses: federation.localEpochs,
      train: async (passes) => ({
        loss: await passes(federation.localEpochs, { frozen: { ranges, tables: false } }),
      }),
    };
  },
};

export const myMethod = extension({ methods: { fedbabu } });
