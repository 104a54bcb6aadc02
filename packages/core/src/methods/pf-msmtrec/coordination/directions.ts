import {
  cagrad,
  combine,
  crossAttention,
  mixingStep,
  pcgrad,
} from "../../../federation/coordination/index.ts";
import type { SavedState } from "../../../federation/stage.ts";
import type { PfConfig } from "../config.ts";
import type { PartRound, PartRule } from "./part-rule.ts";

/**
 * A client's own update and a learned share of one direction for all:
 *
 *   P_k <- P_k(received) + D_k + a_k U
 *
 * U by conflict-averse descent on the updates, by projecting conflicts away, or their mean. Lu et al.
 * 2024 (FedHCA2, arXiv 2311.13250), equations of the encoder.
 */
export function commonDirection(config: PfConfig): PartRule {
  return withShares(config, ({ updates, stream }) => {
    const direction = directionOf(config, updates, stream);
    return updates.map(() => direction);
  });
}

function directionOf(
  { aggregation, caution }: PfConfig,
  updates: PartRound["updates"],
  stream: PartRound["stream"],
): Float64Array {
  switch (aggregation) {
    case "cagrad":
      return cagrad(updates, { caution }).direction;
    case "pcgrad":
      return pcgrad(updates, stream);
    case "similarity":
    case "mean":
      return combine(
        updates.map(() => 1 / updates.length),
        updates,
      );
  }
}

/**
 * The round of a task's tower, layer by layer: a client's own update and a learned share of what it
 * attends to among the updates of those that know the task.
 *
 *   P_k <- P_k(received) + D_k + b_k sum_j softmax_j(cos(D_k, D_j) / temperature) D_j
 *
 * FedHCA2's decoders, with cosines instead of products (see `attentionWeights`).
 */
export function attended(config: PfConfig): PartRule {
  return withShares(config, ({ updates, sizes }) => {
    const knowing = updates.filter((_, k) => sizes[k]! > 0);
    const { directions } = crossAttention(knowing, config.attention);
    let at = 0;
    return updates.map((update, k) =>
      sizes[k]! > 0 ? directions[at++]! : new Float64Array(update.length),
    );
  });
}

/** Own updates and shares of directions; the shares are learned from where clients go next. */
function withShares(
  { mixing: { initial, learningRate } }: PfConfig,
  directionsOf: (round: PartRound) => readonly Float64Array[],
): PartRule {
  return (round, memory) => {
    const { name, clients, continued, received, trained, updates } = round;
    const kept = (client: string) => `direction/${name}/${client}`;
    const shareName = (client: string) => `share/${name}/${client}`;
    const before = memory.metadata as Readonly<Record<string, number>>;
    const shares = clients.map((client, k) => {
      const weight = before[shareName(client)] ?? initial;
      const direction = memory.arrays[kept(client)]?.data as Float64Array | undefined;
      // Only in the round after it was given does the next movement speak of the direction.
      return direction === undefined || !continued[k] || learningRate === 0
        ? weight
        : mixingStep({
            weight,
            learningRate,
            received: received[k]!,
            trained: trained[k]!,
            direction,
          });
    });
    const directions = directionsOf(round);
    const next = updates.map((update, k) =>
      combine([1, 1, shares[k]!], [Float64Array.from(received[k]!), update, directions[k]!]),
    );
    const saved: SavedState = {
      arrays: {
        ...memory.arrays,
        ...Object.fromEntries(
          clients.map((client, k) => [
            kept(client),
            { shape: [directions[k]!.length], data: directions[k]! },
          ]),
        ),
      },
      metadata: {
        ...before,
        ...Object.fromEntries(clients.map((client, k) => [shareName(client), shares[k]!])),
      },
    };
    return { next, memory: saved, mixing: shares };
  };
}
