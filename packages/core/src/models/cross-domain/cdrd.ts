import { numpy as np } from "@jax-js/jax";
import { softplus } from "../../nn/index.ts";
import { unit } from "./cosine.ts";
import { logSumExp } from "./losses.ts";

export interface CdrdStates {
  /** [C, T, width] */
  readonly merged: np.Array;
  /** By domain, [C, T, width]. */
  readonly domains: readonly np.Array[];
  /** [C, D, T]: 1 where the domain has a state. */
  readonly present: np.Array;
  /** [C, T]: 1 where something is learned. */
  readonly counts: np.Array;
}

/** Added to a similarity that does not count. */
const ABSENT = -1e9;

/**
 * Cross-domain representation disentanglement: pulls the merged state to those of the domains and pushes
 * these apart.
 *
 *   l_t = -log(a / (a + b)),   a = sum_X exp(cos(h_M, h_X) / tau),   b = sum_{X < Y} exp(cos(h_X, h_Y) / tau)
 *
 * over the domains that have a state at t, where these are at least two; the mean over such t that count, 0
 * where there is none; [C]. Numerically l = log(1 + exp(log b - log a)).
 *
 * A reconstruction of FedCCTR-LM (arXiv 2503.16875) for two domains, which says: a softmax with temperature.
 * Its form for more domains is ours.
 */
export function cdrd(
  { merged, domains, present, counts }: CdrdStates,
  temperature: number,
): np.Array {
  const [users, , targets] = present.shape as [number, number, number];
  const there = domains.map((_, x) => present.slice([], x, []));
  const units = domains.map(unit);
  const own = unit(merged);
  const similarity = (x: np.Array, y: np.Array, counted: np.Array) =>
    np
      .sum(x.mul(y), -1)
      .mul(1 / temperature)
      .add(counted.sub(1).mul(-ABSENT))
      .reshape([users, targets, 1]);
  const towards = units.map((state, x) => similarity(own, state, there[x]!));
  const apart = units.flatMap((state, x) =>
    units
      .slice(x + 1)
      .map((other, k) => similarity(state, other, there[x]!.mul(there[x + 1 + k]!))),
  );
  const joined = (parts: readonly np.Array[]) =>
    logSumExp(parts.length === 1 ? parts[0]! : np.concatenate([...parts], -1));
  const losses = softplus(joined(apart).sub(joined(towards)));
  const several = np.greaterEqual(np.sum(present, 1), 2).astype(np.float32).mul(counts);
  return np.sum(losses.mul(several), -1).mul(np.reciprocal(np.maximum(np.sum(several, -1), 1)));
}
