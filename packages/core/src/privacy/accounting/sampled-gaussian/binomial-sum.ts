import { log1pOfLog, type LogMoment, type SampledGaussian } from "./log-moment.ts";

/** Up to this order the sum is the faster way; beyond, its terms outnumber the points of the quadrature. */
export const LARGEST_SUMMED = 256;

const logOf = Float64Array.from({ length: LARGEST_SUMMED + 1 }, (_, k) => Math.log(k));

/**
 * log A at whole orders up to `LARGEST_SUMMED`, by the binomial sum without its first two terms:
 *
 *   A - 1 = sum over k = 2..alpha of C(alpha, k) (1 - q)^(alpha - k) q^k (exp((k^2 - k) / (2 z^2)) - 1)
 *
 * The binomial weights alone add to 1, so that subtracting 1 inside keeps every digit of a small A - 1.
 */
export function binomialSum({ samplingRate: q, noiseMultiplier: z }: SampledGaussian): LogMoment {
  const logRate = Math.log(q);
  const logRest = Math.log1p(-q);
  // log(exp((k^2 - k) / (2 z^2)) - 1), as far as it was needed: the same for every order.
  const logGrowth = new Float64Array(LARGEST_SUMMED + 1);
  let known = 1;
  return (order) => {
    for (; known < order; known++) {
      const exponent = (known * (known + 1)) / (2 * z * z);
      logGrowth[known + 1] = exponent > 700 ? exponent : Math.log(Math.expm1(exponent));
    }
    let logWeight = logOf[order]! + (order - 1) * logRest + logRate;
    let scale = -Infinity;
    let sum = 0;
    for (let k = 2; k <= order; k++) {
      logWeight += logOf[order - k + 1]! - logOf[k]! + logRate - logRest;
      const log = logWeight + logGrowth[k]!;
      if (log > scale) {
        sum = sum * Math.exp(scale - log) + 1;
        scale = log;
      } else sum += Math.exp(log - scale);
    }
    return log1pOfLog(scale + Math.log(sum));
  };
}
