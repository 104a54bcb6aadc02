import type { numpy as np } from "@jax-js/jax";
import { linear, relu, type Arrays } from "../../nn/index.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import { crossUserContrast, tripletLosses } from "./tri-cdr-losses.ts";

export interface TripleContrastSettings {
  /** Pulls the three sequences of a user together, against other users. Left out with weight 0. */
  readonly coarse: { readonly weight: number; readonly temperature: number };
  /** Keeps the source nearer to the mixed sequence than to the target's. Left out with weight 0. */
  readonly fine: { readonly weight: number; readonly margin: number };
}

/** What a target domain X, being asked by its last state, found in every sequence. */
export interface Found {
  /** [C, width] */
  readonly mixed: np.Array;
  /** By domain, [C, width]; that of X is the target, every other one a source. */
  readonly domains: readonly np.Array[];
}

export interface TripleContrast {
  readonly parameters: readonly ParameterSpec[];
  /** The terms of the loss, [C] each, from what each domain found; `there` [C] is 1 where it has events. */
  readonly forward: (
    parameters: Arrays,
    found: readonly Found[],
    there: readonly np.Array[],
  ) => Record<string, np.Array>;
}

const PARTS = ["mixed", "source", "target"] as const;

/**
 * Triple contrastive learning, for every domain as the target.
 *
 *   coarse: the mean of NT-Xent over (m, s), (m, t), (s, t);  fine: max(0, |s - m| - |s - t| + margin)
 *
 * m, s, t are two layers each on what X found in the mixed sequence, in that of another domain, and in its
 * own. Users without events in both take no part. Ma et al. 2024 (Tri-CDR), whose three pairs
 * weigh the same here; with more than two domains, a term is the mean over the sources.
 */
export function tripleContrast(
  name: string,
  { coarse, fine }: TripleContrastSettings,
  { domains, width }: { readonly domains: number; readonly width: number },
): TripleContrast {
  const square = (part: string) => linear(part, { inputs: width, outputs: width });
  const projections = Array.from({ length: domains }, (_, x) =>
    PARTS.map((part) => [0, 1].map((i) => square(`${name}${x}/${part}/${i}`))),
  );
  return {
    parameters: projections.flat(2).flatMap((layer) => layer.parameters),
    forward: (parameters, found, there) => {
      const project = (x: number, part: (typeof PARTS)[number], vectors: np.Array) => {
        const [first, second] = projections[x]![PARTS.indexOf(part)]!;
        return second!.forward(parameters, relu(first!.forward(parameters, vectors)));
      };
      const pairs = found.flatMap(({ mixed, domains: parts }, x) => {
        const m = project(x, "mixed", mixed);
        const t = project(x, "target", parts[x]!);
        return parts.flatMap((part, y) =>
          x === y
            ? []
            : [{ m, t, s: project(x, "source", part), counts: there[x]!.mul(there[y]!) }],
        );
      });
      const term = (loss: (pair: (typeof pairs)[number]) => np.Array, weight: number) =>
        pairs
          .map(loss)
          .reduce((sum, part) => sum.add(part))
          .mul(weight / (domains - 1));
      return {
        ...(coarse.weight > 0 && {
          coarse: term(({ m, s, t, counts }) => {
            const options = { counts, temperature: coarse.temperature };
            return crossUserContrast(m, s, options)
              .add(crossUserContrast(m, t, options))
              .add(crossUserContrast(s, t, options))
              .mul(1 / 3);
          }, coarse.weight),
        }),
        ...(fine.weight > 0 && {
          fine: term(
            ({ m, s, t, counts }) =>
              tripletLosses(s, { near: m, far: t, margin: fine.margin }).mul(counts),
            fine.weight,
          ),
        }),
      };
    },
  };
}
