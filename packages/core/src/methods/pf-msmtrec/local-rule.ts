import type { LocalRule } from "../stages/local-rule.ts";
import type { PfConfig } from "./config.ts";

/** Clients with fewer batches a pass have stale running statistics after weights were replaced. */
const FEW_BATCHES = 32;

/**
 * Training within a scenario: the tasks' losses and mu/2 ||P - P_received||^2 on the parameters that travel,
 * normalisation excepted. Running statistics that stay at home belong to the weights before they were
 * replaced; where a pass is too short to make up for it they are taken anew.
 */
export function pfLocalRule(config: PfConfig): LocalRule {
  return {
    start: ({ trainer, blocks, data, settings: { federation, training } }) => {
      const travelling = blocks.flatMap((block) => block.ranges);
      const ranges = trainer.layout.views
        .filter(
          ({ role, offset }) =>
            role !== "normalisation" &&
            travelling.some(
              (range) => offset >= range.offset && offset < range.offset + range.length,
            ),
        )
        .map(({ offset, length }) => ({ offset, length }));
      const numBatches = Math.ceil(data.train.numRows / training.batchSize);
      const refreshes =
        config.refreshStatistics &&
        config.normalisation === "local" &&
        trainer.state.length > 0 &&
        numBatches < FEW_BATCHES;
      return {
        numPasses: federation.localEpochs,
        received: async (options) => {
          if (refreshes) await trainer.refreshStatistics(options);
        },
        train: async (passes) => {
          const anchor = trainer.parameters.slice();
          const loss = await passes(federation.localEpochs, {
            proximal: { mu: config.mu, anchor, ranges },
          });
          return { loss };
        },
      };
    },
  };
}
