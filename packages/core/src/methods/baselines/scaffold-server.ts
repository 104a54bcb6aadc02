import {
  checkedArray,
  forAll,
  strategies,
  type Coordinator,
  type GlobalState,
} from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import type { Block } from "../stages/blocks.ts";
import { only } from "../stages/named.ts";

/** A block's control variate travels under this and the block's name. */
export const CONTROL = "control:";

const isControl = (name: string) => name.startsWith(CONTROL);
const mean = strategies.fedavg();

/**
 * The server half of SCAFFOLD's algorithm 1, with a server step of 1. Of N clients, those of S answer:
 *
 *   x <- sum_S m_k y_k / sum_S m_k
 *   c <- c + sum_S m_k (c_k+ - c_k) / sum_N m_k
 *
 * With m_k = 1 for all that is as published: c moves by |S| / N times the mean change. With training rows
 * as m_k it minimises the same mean loss as FedAvg. Either way c = sum m_k c_k / sum m_k, where c_k is 0 of
 * clients that have not been asked yet; rows of those are not known, and taken to be as many as the
 * others' on average.
 */
export function scaffoldCoordinator(
  blocks: readonly Block[],
  weights: "rows" | "clients",
): Coordinator {
  return {
    begin: (initial, clients) => ({
      next: forAll(clients, {
        ...initial,
        ...controls(blocks, ({ size }) => new Float32Array(size)),
      }),
      state: {
        arrays: controls(blocks, ({ size }) => new Float64Array(size)),
        metadata: { counts: {} },
      },
    }),
    step: ({ clients, sent, updates }, state) => {
      const global = sent.values().next().value!;
      const worth = updates.map((update) => ({
        ...update,
        numExamples: weights === "rows" ? update.numExamples : 1,
      }));
      const counts: Record<string, number> = {
        ...(state.metadata["counts"] as Record<string, number>),
        ...Object.fromEntries(worth.map(({ client, numExamples }) => [client, numExamples])),
      };
      const known = Object.values(counts);
      const total = (known.reduce((sum, count) => sum + count, 0) * clients.length) / known.length;
      const sums = controls(blocks, ({ name, size }) => {
        const sum = Float64Array.from(state.arrays[CONTROL + name]!.data);
        for (const update of worth) {
          const change = checkedArray(update, CONTROL + name, { length: size });
          for (let i = 0; i < size; i++) sum[i]! += update.numExamples * change[i]!;
        }
        return sum;
      });
      const [moved] = mean.step(
        only(global, (name) => !isControl(name)),
        worth,
        state,
      );
      const next: GlobalState = {
        ...moved,
        ...controls(blocks, ({ name }) =>
          Float32Array.from(sums[CONTROL + name]!.data, (sum) => (total > 0 ? sum / total : 0)),
        ),
      };
      return { next: forAll(clients, next), state: { arrays: sums, metadata: { counts } } };
    },
  };
}

/** One array for every block, under the name of its control variate. */
function controls(
  blocks: readonly Block[],
  data: (block: Block) => Float32Array | Float64Array,
): Record<string, WireArray> {
  return Object.fromEntries(
    blocks.map((block) => [CONTROL + block.name, { shape: [block.size], data: data(block) }]),
  );
}
