import { lax, nn, numpy as np } from "@jax-js/jax";
import type { RqVaeConfig } from "./config.ts";

/** |r_b - e_k|^2 without gradient, for residuals [batch, width] and codes [codes, width]. */
export function squaredDistances(residual: np.Array, codes: np.Array): np.Array {
  const [r, e] = [lax.stopGradient(residual), lax.stopGradient(codes)];
  return np
    .sum(np.square(r), -1, { keepdims: true })
    .sub(np.matmul(r, np.transpose(e)).mul(2))
    .add(np.sum(np.square(e), -1));
}

/** The nearest code of every row, [batch] int32. */
export function nearest(distances: np.Array): np.Array {
  return np.argmin(distances, -1);
}

/**
 * Codes given out evenly over the batch: the argmax of each row of the transport plan that Sinkhorn's
 * algorithm finds between rows of mass 1/B and codes of mass 1/K,
 *
 *   Q = exp(-d' / epsilon),   d' = distances, centred and scaled to [-1, 1],
 *   repeat { rows to sum 1/B, columns to sum 1/K }
 *
 * in logarithms, for exp(1 / 0.003) is no float32. Masses are left out: they scale all entries alike.
 * Cuturi 2013; as LC-Rec applies it.
 */
export function sinkhornCodes(
  distances: np.Array,
  { epsilon, iterations }: Extract<RqVaeConfig["lastLevel"], { kind: "sinkhorn" }>,
): np.Array {
  const [high, low] = [np.max(distances), np.min(distances)];
  const middle = high.add(low).mul(0.5);
  const scaled = distances.sub(middle).mul(np.reciprocal(high.sub(middle).add(1e-5)));
  let log = scaled.mul(-1 / epsilon);
  for (let iteration = 0; iteration < iterations; iteration++)
    for (const axis of [1, 0]) log = log.sub(nn.logsumexp(log, axis, { keepdims: true }));
  return np.argmax(log, -1);
}
