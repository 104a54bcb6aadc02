import { numpy as np } from "@jax-js/jax";
import { arrayOf, type Arrays } from "../../nn/index.ts";
import type { ChunkInputOptions } from "./chunk-inputs.ts";
import { candidateVectors, productLogits, type ItemSource } from "./item-vectors.ts";
import { lookUp, oneHot } from "./lookup.ts";
import type { CandidateHead, ChunkSizes } from "./types.ts";

/** Logits of targets [C, T] and of their domains' negatives [C, T, N]. */
export interface PairedLogits {
  readonly target: np.Array;
  readonly negatives: np.Array;
}

/** Logits by the head, from queries by domain, [C, T, queryWidth] each; 0 for what is no target. */
export function targetLogits(
  { arrays, parameters }: { readonly arrays: Arrays; readonly parameters: Arrays },
  queries: readonly np.Array[],
  { model, sizes }: Pick<ChunkInputOptions, "model" | "sizes">,
): PairedLogits {
  const { users, domains, negatives } = sizes;
  const flat = (x: np.Array | undefined) =>
    x?.reshape([users, domains * negatives, x.shape.at(-1)!]);
  const pairs: Pairs = {
    parameters,
    targetAt: arrayOf(arrays, "targetAt"),
    ofDomain: queries.map((_, x) => arrayOf(arrays, "targetDomain").slice([], x, [])),
    own: { public: arrays["own"], rows: arrays["ownRows"] },
    others: { public: flat(arrays["negatives"]), rows: flat(arrays["negativeRows"]) },
  };
  return model.head.kind === "product"
    ? productPairs(pairs, queries, sizes)
    : headPairs(pairs, queries, { head: model.head, sizes });
}

interface Pairs {
  readonly parameters: Arrays;
  /** [C, T] */
  readonly targetAt: np.Array;
  /** By domain, [C, T]: 1 where the target is of it. */
  readonly ofDomain: readonly np.Array[];
  readonly own: ItemSource;
  /** Of all domains, [C, D * N, ...]. */
  readonly others: ItemSource;
}

/** One query for each target, that of its domain, with all candidates. */
function productPairs(
  { parameters, targetAt, ofDomain, own, others }: Pairs,
  queries: readonly np.Array[],
  sizes: ChunkSizes,
): PairedLogits {
  const { users, domains, targets, negatives } = sizes;
  const query = chosen(queries, ofDomain);
  const target = productLogits(parameters, query, own).mul(oneHot(targetAt, sizes.own));
  const all = productLogits(parameters, query, others);
  const parts = all.reshape([users, targets, domains, negatives]);
  const of = np.stack([...ofDomain], -1).reshape([users, targets, domains, 1]);
  return { target: np.sum(target, -1), negatives: np.sum(parts.mul(of), 2) };
}

/** Every domain's query by its own head, of which that of the target's domain counts. */
function headPairs(
  { parameters, targetAt, ofDomain, own, others }: Pairs,
  queries: readonly np.Array[],
  { head, sizes }: { readonly head: CandidateHead; readonly sizes: ChunkSizes },
): PairedLogits {
  const { users, domains, negatives, width } = sizes;
  const vectors = lookUp(targetAt, candidateVectors(parameters, own));
  const made = candidateVectors(parameters, others).reshape([users, domains, negatives, width]);
  const target = queries.map((query, x) => head.each(parameters, x, query, vectors));
  const against = queries.map((query, x) =>
    head.all(parameters, x, query, made.slice([], x, [], [])),
  );
  return { target: chosen(target, ofDomain), negatives: chosen(against, ofDomain) };
}

/** sum_X 1[target is of X] values_X, of shape [C, T] or [C, T, ...]. */
function chosen(values: readonly np.Array[], ofDomain: readonly np.Array[]): np.Array {
  return values
    .map((value, x) => {
      const of = ofDomain[x]!;
      return value.mul(value.ndim > 2 ? of.reshape([...of.shape, 1]) : of);
    })
    .reduce((sum, part) => sum.add(part));
}
