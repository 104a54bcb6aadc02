import { extension, z } from "@atoll/core/extensions";
import { asGlobal, weightedMean, type Strategy } from "@atoll/core/federation";
import { federatedStages, method, methods, type LocalRule } from "@atoll/core/methods";

/** FedAvg's own definition under another name. */
const copied = {
  ...methods.fedavg,
  config: z.strictObject({ kind: z.literal("copied-fedavg") }),
};

/** A server with momentum, whose memory is a state of the run: w <- w + v, v <- v / 2 + d. */
const momentum: Strategy = {
  init: (global) => ({
    arrays: Object.fromEntries(
      Object.entries(global).map(([name, { shape, data }]) => [
        name,
        { shape, data: new Float64Array(data.length) },
      ]),
    ),
    metadata: {},
  }),
  step: (global, updates, { arrays, metadata }) => {
    const means = weightedMean(global, updates)!;
    const next = Object.fromEntries(
      Object.entries(global).map(([name, { shape, data }]) => {
        const before = arrays[name]!.data;
        const velocity = means[name]!.map((mean, i) => before[i]! / 2 + mean - data[i]!);
        return [name, { shape, data: velocity }];
      }),
    );
    const values = Object.entries(global).map(
      ([name, { data }]) =>
        [name, next[name]!.data.map((velocity, i) => data[i]! + velocity)] as const,
    );
    return [asGlobal(global, Object.fromEntries(values)), { arrays: next, metadata }];
  },
};

/** A client that is held the closer, the more rounds it has made: its memory is a state of a worker. */
const counting: LocalRule = {
  start: ({ trainer, blocks, settings: { federation } }) => {
    let rounds = 0;
    return {
      numPasses: federation.localEpochs,
      train: async (passes) => {
        rounds += 1;
        const anchor = trainer.parameters.slice();
        const ranges = blocks.flatMap((block) => block.ranges);
        const proximal = { mu: rounds, anchor, ranges };
        return { loss: await passes(federation.localEpochs, { proximal }) };
      },
      save: () => ({ arrays: {}, metadata: { rounds } }),
      load: ({ metadata }) => {
        rounds = metadata["rounds"] as number;
      },
    };
  },
};

const remembering = method({
  config: z.strictObject({ kind: z.literal("remembering") }),
  summary: "Server and clients that remember.",
  role: "federated",
  parties: "clients",
  trainsModel: true,
  stages: (_config, settings) =>
    federatedStages(settings, {
      kind: "federated",
      server: { kind: "one-for-all", strategy: momentum },
      normalisation: "federated",
      local: counting,
    }),
});

export const mine = extension({ methods: { "copied-fedavg": copied, remembering } });
