import { numpy as np } from "@jax-js/jax";
import { infomax, type Prototypes } from "./c2dsr-infomax.ts";
import { encoder } from "./encoder.ts";
import { productHead } from "./heads.ts";
import { lookUp, oneHot, presenceOf } from "./lookup.ts";
import type { ChunkSizes, CrossDomainInputs, CrossDomainModel } from "./types.ts";

export interface C2dsrSettings {
  readonly blocks: number;
  /** They divide the width of the sizes. */
  readonly heads: number;
  readonly dropout: number;
  /** Of the infomax objective beside the losses of next items. Left out with weight 0. */
  readonly infomax: number;
}

/**
 * C2DSR (Cao et al., CIKM 2022): self-attentive encoders of every domain's own sequence and of the merged
 * one, on vectors that item graphs made (`graphPropagation`, outside of this).
 *
 *   q_X = h_M + h_X,   L = next items by q_X + next items by h_M alone + weight * infomax
 *
 * The infomax objective compares the mean of a domain's own states with the mean of the merged states at the
 * other domains' items, as they are and with the domain's own items replaced by negatives of that domain.
 * Positions whose negative is missing are padding. An item of the merged sequence that is older than the
 * domain's own sequence reaches stays, and counts for no domain. Users without items in two domains take no
 * part.
 *
 * Choices: targets are predicted from the states that scoring reads, the latest ones; the authors' code takes
 * the merged state at the domain's latest item. Items have one table where that has one for each encoder and
 * one for logits; blocks are those of `encoder`, and corrupted sequences share the masks of true ones.
 */
export function c2dsr(settings: C2dsrSettings): CrossDomainModel {
  const contrasts = ({ domains }: ChunkSizes) => settings.infomax > 0 && domains > 1;
  const layersOf = (sizes: ChunkSizes) => {
    const one = (name: string, length: number) =>
      encoder(name, { ...settings, length, width: sizes.width });
    return {
      merged: one("merged", sizes.length),
      domains: Array.from({ length: sizes.domains }, (_, x) =>
        one(`domain${x}`, sizes.domainLength),
      ),
      infomax: infomax("infomax", sizes),
    };
  };

  return {
    kind: "c2dsr",
    head: productHead,
    ...(settings.infomax > 0 && { readsNegatives: true }),
    parameters: (sizes) => {
      const { merged, domains, infomax: contrast } = layersOf(sizes);
      return [merged, ...domains, ...(contrasts(sizes) ? [contrast] : [])].flatMap(
        (layer) => layer.parameters,
      );
    },
    masks: (sizes) => {
      const { merged, domains } = layersOf(sizes);
      return [merged, ...domains].flatMap((one) => one.masks);
    },
    forward: (inputs, sizes) => {
      const { users, length, domainLength, width } = sizes;
      const layers = layersOf(sizes);
      const learnsContrast = inputs.mode === "train" && contrasts(sizes);
      const places = membership(inputs, sizes);
      const present = presenceOf(inputs.merged);
      const items = lookUp(inputs.merged, inputs.vectors);
      const variants = [
        { items, present },
        ...(learnsContrast
          ? places.map((of, x) => corrupted({ inputs, x, items, present, of }))
          : []),
      ];
      const all = layers.merged.states({
        ...inputs,
        items: stacked(variants.map((one) => one.items)),
        present: stacked(variants.map((one) => one.present)),
      });
      const [merged, ...ofCorrupted] = variants.map((_, i) => all.slice([], i, [], []));
      const own = layers.domains.map((one, x) => {
        const slots = inputs.domains.slice([], x, []);
        const states = one.states({
          ...inputs,
          items: lookUp(slots, inputs.vectors).reshape([users, 1, domainLength, width]),
          present: presenceOf(slots).reshape([users, 1, domainLength]),
        });
        return {
          states: states.reshape([users, domainLength, width]),
          present: presenceOf(slots),
          at: inputs.domainStateAt.slice([], x, []),
        };
      });

      const atTargets = lookUp(inputs.stateAt, merged!);
      const last = (states: np.Array, of: np.Array, size: number) =>
        states
          .slice([], [size - 1, size], [])
          .mul(of.slice([], [size - 1, size]).reshape([users, 1, 1]));
      const prototypes = ofCorrupted.map((states, x): Prototypes => {
        const others = places.filter((_, y) => y !== x).reduce((sum, of) => sum.add(of));
        const some = (of: np.Array) => np.max(of, -1);
        return {
          single: meanAt(own[x]!.states, own[x]!.present),
          cross: meanAt(merged!, others),
          corrupted: meanAt(states, others),
          counts: some(places[x]!).mul(some(others)),
        };
      });
      return {
        queries: own.map(({ states, at }) => atTargets.add(lookUp(at, states))),
        further: { merged: { weight: 1, queries: own.map(() => atTargets) } },
        terms: {
          ...(learnsContrast && {
            infomax: layers.infomax.forward(inputs.parameters, prototypes).mul(settings.infomax),
          }),
        },
        representations: np.concatenate(
          [
            ...own.map(({ states, present: of }) => last(states, of, domainLength)),
            last(merged!, present, length),
          ],
          1,
        ),
      };
    },
  };
}

/** By domain, [C, L]: 1 where the merged sequence has an item of the domain's own sequence. */
function membership({ merged, domains }: CrossDomainInputs, sizes: ChunkSizes): np.Array[] {
  const { users, length, own } = sizes;
  const slots = oneHot(merged, own);
  return Array.from({ length: sizes.domains }, (_, x) => {
    const there = np.max(oneHot(domains.slice([], x, []), own), 1).reshape([users, own, 1]);
    return np.matmul(slots, there).reshape([users, length]);
  });
}

/** The merged sequence with the items of a domain replaced by its negatives: at position p the (p mod N)-th. */
function corrupted(sequence: {
  readonly inputs: CrossDomainInputs;
  readonly x: number;
  /** [C, L, width] */
  readonly items: np.Array;
  /** [C, L] */
  readonly present: np.Array;
  /** [C, L]: 1 where the item is of the domain. */
  readonly of: np.Array;
}): { readonly items: np.Array; readonly present: np.Array } {
  const { inputs, x, items, present, of } = sequence;
  const [users, length] = of.shape as [number, number];
  const { negatives, negativePresent } = inputs;
  if (negatives === undefined || negativePresent === undefined)
    throw new RangeError('model "c2dsr" reads negatives, the program gives none');
  const others = cycled(negatives.slice([], x, [], []), length);
  const there = cycled(negativePresent.slice([], x, []), length);
  const kept = of.neg().add(1);
  return {
    items: items
      .mul(kept.reshape([users, length, 1]))
      .add(others.mul(of.reshape([users, length, 1]))),
    present: present.mul(kept.add(of.mul(there))),
  };
}

/** [C, N, ...] to [C, length, ...]: from the start again after the last one. */
function cycled(x: np.Array, length: number): np.Array {
  const times = Math.ceil(length / x.shape[1]!);
  const repeated = times === 1 ? x : np.concatenate(Array<np.Array>(times).fill(x), 1);
  return repeated.slice([], [0, length]);
}

/** [C, P, ...] each to [C, V, P, ...]. */
function stacked(parts: readonly np.Array[]): np.Array {
  const raised = parts.map((part) => part.reshape([part.shape[0]!, 1, ...part.shape.slice(1)]));
  return raised.length === 1 ? raised[0]! : np.concatenate(raised, 1);
}

/** The mean of states [C, P, width] at the positions [C, P] that count; 0 without any. */
function meanAt(states: np.Array, counts: np.Array): np.Array {
  const [users, , width] = states.shape as [number, number, number];
  const sum = np.matmul(counts.reshape([users, 1, -1]), states).reshape([users, width]);
  return sum.mul(np.reciprocal(np.maximum(np.sum(counts, -1, { keepdims: true }), 1)));
}
