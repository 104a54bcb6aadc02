import {
  cagrad,
  combine,
  crossAttention,
  mixingStep,
} from "../../federation/coordination/index.ts";
import {
  checkedArray,
  forAll,
  type Coordinator,
  type CoordinationRound,
  type GlobalState,
} from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import type { Block } from "../stages/blocks.ts";
import { isHead } from "./personal-head.ts";

export interface Fedhca2Options {
  readonly caution: number;
  readonly initial: number;
  readonly learningRate: number;
  readonly temperature: number;
}

/** Blocks that get one direction and one share together: the whole encoder, or a layer of a decoder. */
interface Group {
  readonly name: string;
  readonly blocks: readonly Block[];
  /** By client of the round: where the others go, seen from it. */
  readonly directions: (updates: readonly Float64Array[]) => readonly Float64Array[];
}

/**
 * The server half. Of each client's update D_k of a group, over the clients of the round:
 *
 *   theta_k <- theta_k + D_k + a_k U_k,   a_k in [0, 1]
 *
 * Encoders: U is one conflict-averse direction of all, on the encoder as a whole. Decoders, layer by layer:
 * U_k = sum_j w_kj D_j by cross-attention. a_k is learned from the client's next update, of the round right
 * after; `mixingStep` says how.
 */
export function fedhca2Coordinator(
  blocks: readonly Block[],
  { caution, initial, learningRate, temperature }: Fedhca2Options,
): Coordinator {
  const encoder = blocks.filter((block) => !isHead(block));
  const groups: readonly Group[] = [
    ...(encoder.length === 0
      ? []
      : [
          {
            name: "encoder",
            blocks: encoder,
            directions: (updates: readonly Float64Array[]) => {
              const { direction } = cagrad(updates, { caution });
              return updates.map(() => direction);
            },
          },
        ]),
    ...blocks.filter(isHead).map((block) => ({
      name: block.name,
      blocks: [block],
      directions: (updates: readonly Float64Array[]) =>
        crossAttention(updates, { temperature }).directions,
    })),
  ];
  return {
    begin: (initialState, clients) => ({
      next: forAll(clients, initialState),
      state: { arrays: {}, metadata: { shares: {}, before: [] } },
    }),
    step: (round, state) => {
      const clients = round.updates.map(({ client }) => client);
      const before = state.metadata["before"] as readonly string[];
      const shares = { ...(state.metadata["shares"] as Readonly<Record<string, number>>) };
      const directions: Record<string, WireArray> = {};
      const mixing: Record<string, number[]> = {};
      const next = new Map<string, Record<string, WireArray>>(
        round.clients.map((client) => [client, { ...round.sent.get(client)! }]),
      );
      for (const group of groups) {
        const { received, trained } = statesOf(group.blocks, round);
        const updates = trained.map((own, k) => own.map((x, i) => x - received[k]![i]!));
        const given = group.directions(updates);
        mixing[group.name] = clients.map((client, k) => {
          const key = `${group.name}/${client}`;
          const previous = before.includes(client) ? state.arrays[key] : undefined;
          const weight = shares[key] ?? initial;
          const share =
            previous === undefined
              ? weight
              : mixingStep({
                  weight,
                  learningRate,
                  received: received[k]!,
                  trained: trained[k]!,
                  direction: previous.data as Float64Array,
                });
          shares[key] = share;
          directions[key] = { shape: [given[k]!.length], data: given[k]! };
          const moved = combine([1, share], [trained[k]!, given[k]!]);
          Object.assign(next.get(client)!, divided(group.blocks, moved));
          return share;
        });
      }
      return {
        next,
        state: { arrays: directions, metadata: { shares, before: clients } },
        observed: { clients, mixing },
      };
    },
  };
}

/** By client of the round, what it received and what it made of it: the blocks as one vector each. */
function statesOf(blocks: readonly Block[], { sent, updates }: CoordinationRound) {
  const joined = (parts: readonly ArrayLike<number>[]) => {
    const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  };
  return {
    received: updates.map(({ client }) =>
      joined(blocks.map(({ name }) => sent.get(client)![name]!.data)),
    ),
    trained: updates.map((update) =>
      joined(blocks.map(({ name, size }) => checkedArray(update, name, { length: size }))),
    ),
  };
}

/** The blocks that one vector was made of, as they travel. */
function divided(blocks: readonly Block[], whole: Float64Array): GlobalState {
  let at = 0;
  return Object.fromEntries(
    blocks.map(({ name, size }) => {
      const data = Float32Array.from(whole.subarray(at, at + size));
      at += size;
      return [name, { shape: [size], data }];
    }),
  );
}
