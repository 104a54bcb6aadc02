import { numpy as np } from "@jax-js/jax";
import { linear } from "../../nn/index.ts";
import { encoder } from "./encoder.ts";
import { productHead } from "./heads.ts";
import { lookUp, presenceOf } from "./lookup.ts";
import { tripleAttention } from "./tri-cdr-attention.ts";
import { tripleContrast, type TripleContrastSettings } from "./tri-cdr-contrast.ts";
import type { ChunkSizes, CrossDomainModel } from "./types.ts";

export interface TriCdrSettings extends TripleContrastSettings {
  readonly blocks: number;
  /** They divide the width of the sizes. */
  readonly heads: number;
  readonly dropout: number;
  /** Entries of the two hidden layers of the attention; 80 and 40 as published. */
  readonly hidden: readonly [number, number];
}

/**
 * Tri-CDR (Ma et al., TOIS 2024): SASRec encoders of the mixed sequence and of every domain's own, attention
 * of the target domain's state to all of them (`tripleAttention`), a fusion, and contrasts between what it
 * finds in the three kinds of sequences at their ends (`tripleContrast`).
 *
 *   a = tripleAttention(h_X, mixed, 1..D),   q_X = leaky([a_M ; a_1 ; ... ; a_D] V_X + b_X) W_X + c_X
 *
 * As published it starts from encoders that were trained alone, here by `separateEncoders`. Choices, where the
 * authors' code trains one model per target domain, on three item tables, with one negative and 5 times a
 * cosine as logit: every domain is a target at once, with fusion and contrast of its own, encoders and
 * attention in common; items have one table; loss and product are those of the other models here.
 *
 * Users of a chunk are each other's negatives. A place without a user must hold no events, or it is one too.
 */
export function triCdr(settings: TriCdrSettings): CrossDomainModel {
  const contrasts = settings.coarse.weight > 0 || settings.fine.weight > 0;
  const layersOf = ({ domains, width, length, domainLength }: ChunkSizes) => {
    const one = (name: string, positions: number) =>
      encoder(name, { ...settings, length: positions, width });
    const byDomain = Array.from({ length: domains }, (_, x) => x);
    return {
      encoders: [one("merged", length), ...byDomain.map((x) => one(`domain${x}`, domainLength))],
      attention: tripleAttention("attention", { width, hidden: settings.hidden }),
      fusions: byDomain.map(
        (x) =>
          [
            linear(`fusion${x}/0`, { inputs: (domains + 1) * width, outputs: width }),
            linear(`fusion${x}/1`, { inputs: width, outputs: width }),
          ] as const,
      ),
      contrast:
        contrasts && domains > 1
          ? tripleContrast("contrast", settings, { domains, width })
          : undefined,
    };
  };

  return {
    kind: "tri-cdr",
    head: productHead,
    ...(settings.coarse.weight > 0 && { crossUser: true }),
    parameters: (sizes) => {
      const { encoders, attention, fusions, contrast } = layersOf(sizes);
      return [...encoders, attention, ...fusions.flat(), ...(contrast ? [contrast] : [])].flatMap(
        (layer) => layer.parameters,
      );
    },
    masks: (sizes) => layersOf(sizes).encoders.flatMap((one) => one.masks),
    forward: (inputs, sizes) => {
      const { parameters, mode } = inputs;
      const { users, length, domainLength, width, targets } = sizes;
      const { encoders, attention, fusions, contrast } = layersOf(sizes);
      const sequences = encoders.map((one, i): Sequence => {
        const slots = i === 0 ? inputs.merged : inputs.domains.slice([], i - 1, []);
        const positions = i === 0 ? length : domainLength;
        const present = presenceOf(slots);
        const states = one
          .states({
            ...inputs,
            items: lookUp(slots, inputs.vectors).reshape([users, 1, positions, width]),
            present: present.reshape([users, 1, positions]),
          })
          .reshape([users, positions, width])
          .mul(present.reshape([users, positions, 1]));
        const until = i === 0 ? inputs.stateAt : inputs.domainStateAt.slice([], i - 1, []);
        return { states, present, until, last: states.slice([], [positions - 1, positions], []) };
      });
      const [mixed, ...own] = sequences as [Sequence, ...Sequence[]];

      /** What a state of the last position finds in whole sequences, [C, 1, width] each. */
      const atEnd = own.map(({ last }) =>
        attention.forward(
          parameters,
          last,
          sequences.map(({ states, present }) => ({
            states,
            seen: present.reshape([users, 1, -1]),
          })),
        ),
      );
      /** The same for targets; each has one domain, whose state asks, so that one attention serves all. */
      const atTargets = () => {
        const states = own.map(({ states: all, until }, x) => {
          const ofDomain = inputs.targetDomain.slice([], x, []).reshape([users, targets, 1]);
          return lookUp(until, all).mul(ofDomain);
        });
        return attention.forward(
          parameters,
          states.reduce((sum, part) => sum.add(part)),
          sequences.map(({ states: all, present, until }) => ({
            states: all,
            seen: upTo(until, all.shape[1]!).mul(present.reshape([users, 1, -1])),
          })),
        );
      };
      const training = mode === "train" ? atTargets() : undefined;
      const found = atEnd.map((parts) => parts.map((part) => part.reshape([users, width])));
      return {
        queries: fusions.map(([first, second], x) => {
          const joined = np.concatenate(training ?? atEnd[x]!, -1);
          return second.forward(parameters, leaky(first.forward(parameters, joined)));
        }),
        terms:
          contrast !== undefined && mode === "train"
            ? contrast.forward(
                parameters,
                found.map(([merged, ...domains]) => ({ mixed: merged!, domains })),
                own.map(({ present }) => np.max(present, -1)),
              )
            : {},
        representations: np.concatenate(
          [...own, mixed].map(({ last }) => last),
          1,
        ),
      };
    },
  };
}

interface Sequence {
  /** [C, P, width], 0 where there is padding. */
  readonly states: np.Array;
  /** [C, P] */
  readonly present: np.Array;
  /** [C, T]: the last position that each target may see; -1: none. */
  readonly until: np.Array;
  /** [C, 1, width] */
  readonly last: np.Array;
}

/** [C, T] to [C, T, size]: 1 for every position up to the last one. */
function upTo(last: np.Array, size: number): np.Array {
  const positions = np.arange(size).astype(np.float32);
  return np.lessEqual(positions, last.reshape([...last.shape, 1])).astype(np.float32);
}

/** LeakyReLU with PyTorch's slope of 0.01 below 0. */
function leaky(x: np.Array): np.Array {
  return np.maximum(0, x).add(np.minimum(0, x).mul(0.01));
}
