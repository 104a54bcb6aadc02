import type { WireArray } from "../../federation/types.ts";
import { packBlock, unpackBlock, type Block } from "../stages/blocks.ts";
import type { LocalRule } from "../stages/local-rule.ts";
import { CONTROL } from "./scaffold-server.ts";

/**
 * The client half of SCAFFOLD's algorithm 1. It keeps c_k, at first 0, from round to round:
 *
 *   y <- y - eta (g_k(y) - c_k + c)     for K steps from y = x
 *   c_k+ = c_k - c + (x - y) / (K eta)  (option II)
 *
 * and sends y with c_k+ - c_k. `eta` is the step of plain descent.
 */
export function controlVariates(): LocalRule {
  return {
    // c is the mean of all c_k only while the server has heard of every step of each.
    needsEveryAnswer: true,
    down: (blocks) =>
      named(blocks, (name) => `the mean of all clients' control variates of ${name}`),
    up: (blocks) =>
      named(
        blocks,
        (name) =>
          `how the client's control variate of ${name} moved: its mean gradient of the round less that of all, which the update tells as well`,
      ),
    start: ({ trainer, blocks, settings: { federation, training } }) => {
      const { learningRate } = training.optimiser;
      let own = new Map(blocks.map(({ name, size }) => [name, new Float32Array(size)]));
      return {
        numPasses: federation.localEpochs,
        train: async (passes, received) => {
          const common = new Map(
            blocks.map(({ name }) => [name, received[CONTROL + name]!.data as Float32Array]),
          );
          const correction = new Float32Array(trainer.parameters.length);
          for (const block of blocks) {
            const mine = own.get(block.name)!;
            const ofAll = common.get(block.name)!;
            unpackBlock(
              block,
              correction,
              ofAll.map((c, i) => c - mine[i]!),
            );
          }
          const start = blocks.map((block) => packBlock(block, trainer.parameters));
          const before = trainer.steps;
          const loss = await passes(federation.localEpochs, { correction });
          const travelled = (trainer.steps - before) * learningRate;
          const changes: Record<string, WireArray> = {};
          blocks.forEach((block, b) => {
            const end = packBlock(block, trainer.parameters);
            const ofAll = common.get(block.name)!;
            // Without a step nothing was learned of the gradient.
            const data =
              travelled === 0
                ? new Float32Array(block.size)
                : end.map((y, i) => (start[b]![i]! - y) / travelled - ofAll[i]!);
            changes[CONTROL + block.name] = { shape: [block.size], data };
          });
          own = new Map(
            blocks.map(({ name }) => [
              name,
              own.get(name)!.map((c, i) => c + changes[CONTROL + name]!.data[i]!),
            ]),
          );
          return { loss, arrays: changes };
        },
        save: () => ({
          arrays: Object.fromEntries(
            [...own].map(([name, data]) => [name, { shape: [data.length], data }]),
          ),
          metadata: {},
        }),
        load: ({ arrays }) => {
          own = new Map(
            blocks.map(({ name }) => [name, (arrays[name]!.data as Float32Array).slice()]),
          );
        },
      };
    },
  };
}

function named(blocks: readonly Block[], text: (name: string) => string): Record<string, string> {
  return Object.fromEntries(blocks.map(({ name }) => [CONTROL + name, text(name)]));
}
