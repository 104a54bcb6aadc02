import { AtollError } from "../../errors/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { makeOptimiser, type OptimiserState } from "../../optim/index.ts";
import type { TrainingEvents } from "../../population/index.ts";
import { shuffle, type RandomStream } from "../../random/index.ts";
import { usersTotal, type UsersTotal } from "../../training/population/index.ts";
import type { MethodSettings } from "../types.ts";
import type { PopulationWorld } from "./world.ts";

export interface MinibatchOptions {
  readonly round: number;
  /** What is drawn follows from this: `order` by pass, `user` by user and pass. */
  readonly streamOf: (...path: readonly (string | number)[]) => RandomStream;
  /** What sequences are read from. Default: all events. */
  readonly view?: TrainingEvents | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (share: number) => void;
}

/** Moves a party's model by passes over users in minibatches, each a step by their mean gradient. */
export interface Minibatches {
  /** Of the optimiser. */
  readonly memory: OptimiserState;
  /** The optimiser forgets all steps. */
  readonly restart: () => void;
  /** `federation.localEpochs` passes over the users, each in an order of its own. */
  readonly train: (users: Int32Array, options: MinibatchOptions) => Promise<UsersTotal>;
}

export function minibatchesOf(
  { name }: Pick<ClientContext, "name">,
  { training, federation }: Pick<MethodSettings, "training" | "federation">,
  { usersPerStep }: { readonly usersPerStep: number },
  { arena, learned, gradients }: Pick<PopulationWorld, "arena" | "learned" | "gradients">,
): Minibatches {
  const { values, size } = learned;
  const optimiser = makeOptimiser(training.optimiser, arena);
  const memory = optimiser.init(size);
  const gradient = arena.float32(size);
  const sum = new Float64Array(size);
  return {
    memory,
    restart: () => {
      memory.step = 0;
      for (const moment of Object.values(memory.moments)) moment.fill(0);
    },
    train: async (users, { round, streamOf, view, signal, onProgress }) => {
      const total = usersTotal();
      for (let epoch = 0; epoch < federation.localEpochs; epoch++) {
        const order = users.slice();
        shuffle(streamOf("order", epoch), order);
        for (let from = 0; from < order.length; from += usersPerStep) {
          sum.fill(0);
          const batch = order.subarray(from, from + usersPerStep);
          const of = await gradients.add(batch, sum, {
            streamOf: (user) => streamOf("user", user, epoch),
            view,
            signal,
          });
          if (of.users === 0) continue;
          if (!Number.isFinite(of.loss))
            throw new AtollError(
              "TRAINING_DIVERGED",
              `client "${name}": the loss became ${of.loss} in round ${round}; lower training.optimiser.learningRate`,
            );
          for (let i = 0; i < size; i++) gradient[i] = sum[i]! / of.users;
          optimiser.step(values, gradient, memory);
          total.add(of);
          const done = epoch + Math.min(1, (from + batch.length) / order.length);
          onProgress?.(done / federation.localEpochs);
        }
      }
      return total;
    },
  };
}
