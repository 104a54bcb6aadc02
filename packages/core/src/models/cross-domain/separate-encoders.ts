import { numpy as np } from "@jax-js/jax";
import { encoder, type Encoder } from "./encoder.ts";
import { productHead } from "./heads.ts";
import { lookUp, presenceOf } from "./lookup.ts";
import type { ChunkSizes, CrossDomainInputs, CrossDomainModel } from "./types.ts";

export interface SeparateEncodersSettings {
  readonly blocks: number;
  /** They divide the width of the sizes. */
  readonly heads: number;
  readonly dropout: number;
}

/**
 * SASRec of every domain's own sequence and of the merged one, each by itself, on one table of items.
 *
 *   q_X = h_X,   L = next items by h_X + next items by h_M
 *
 * Encoders have the names that they have in Tri-CDR, which starts from them (`triCdr`).
 */
export function separateEncoders(settings: SeparateEncodersSettings): CrossDomainModel {
  const layersOf = ({ domains, length, domainLength, width }: ChunkSizes) => {
    const one = (name: string, positions: number) =>
      encoder(name, { ...settings, length: positions, width });
    return {
      merged: one("merged", length),
      own: Array.from({ length: domains }, (_, x) => one(`domain${x}`, domainLength)),
    };
  };
  const encodersOf = (sizes: ChunkSizes) => {
    const { merged, own } = layersOf(sizes);
    return [merged, ...own];
  };
  return {
    kind: "separate-encoders",
    fitsLength: true,
    head: productHead,
    parameters: (sizes) => encodersOf(sizes).flatMap(({ parameters }) => parameters),
    masks: (sizes) => encodersOf(sizes).flatMap(({ masks }) => masks),
    forward: (inputs, sizes) => {
      const layers = layersOf(sizes);
      const merged = statesOf(layers.merged, inputs, inputs.merged);
      const own = layers.own.map((layer, x) =>
        statesOf(layer, inputs, inputs.domains.slice([], x, [])),
      );
      const atMerged = lookUp(inputs.stateAt, merged.states);
      return {
        queries: own.map(({ states }, x) => lookUp(inputs.domainStateAt.slice([], x, []), states)),
        further: { merged: { weight: 1, queries: own.map(() => atMerged) } },
        terms: {},
        representations: np.concatenate(
          [...own, merged].map(({ last }) => last),
          1,
        ),
      };
    },
  };
}

/** [C, P, width] of slots [C, P], and the state of the last position [C, 1, width], 0 where there is no item. */
function statesOf(layer: Encoder, inputs: CrossDomainInputs, slots: np.Array) {
  const [users, positions] = slots.shape as [number, number];
  const items = lookUp(slots, inputs.vectors);
  const width = items.shape[2]!;
  const present = presenceOf(slots);
  const states = layer
    .states({
      ...inputs,
      items: items.reshape([users, 1, positions, width]),
      present: present.reshape([users, 1, positions]),
    })
    .reshape([users, positions, width]);
  const last = states
    .slice([], [positions - 1, positions], [])
    .mul(present.slice([], [positions - 1, positions]).reshape([users, 1, 1]));
  return { states, last };
}
