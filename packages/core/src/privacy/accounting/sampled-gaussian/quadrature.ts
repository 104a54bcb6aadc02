import { log1pOfLog, type LogMoment, type SampledGaussian } from "./log-moment.ts";

/** Below this |alpha (f - 1)|, f^alpha - 1 - alpha (f - 1) is summed as a series, which loses no digits. */
const SMALL = 0.1;
/** Above this logarithm f^alpha is worked with as a logarithm. */
const LARGE = 500;
/** Points of the rule that are kept from order to order. */
const KEPT = 96;
/** Deviations beyond the outermost centre: exp(-50) is left out. */
const REACH = 10;

/**
 * log A at any real order, by the trapezoid rule on
 *
 *   A - 1 = E[f^alpha - 1 - alpha (f - 1)]      (E[f] = 1, so nothing was added)
 *
 * whose integrand is 0 or more: nothing cancels, however small A - 1 is. Agrees to 1e-13 with quadrature of
 * 40 digits.
 */
export function quadrature({ samplingRate: q, noiseMultiplier: z }: SampledGaussian): LogMoment {
  // In u = x / z the rule's error falls as exp(-2 pi d / h), h the step and d the distance of the nearest
  // singularity from the real line. That is log f at f = 0, where d = pi z: h = z / 2 leaves
  // exp(-4 pi^2) = 7e-18. The density alone has none, but leaves exp(-2 pi^2 / h^2), 5e-21 at h = 0.65.
  const step = Math.min(0.65, z / 2);
  const last = Math.ceil(-REACH / step);
  const logRate = Math.log(q);
  const exponentAt = (u: number): number => (u - 0.5 / z) / z;
  const excessAt = (u: number): number => q * Math.expm1(exponentAt(u));
  const logFAt = (u: number): number => {
    const exponent = exponentAt(u);
    return exponent < 700 ? Math.log1p(q * Math.expm1(exponent)) : logRate + exponent;
  };
  const weightAt = (u: number): number => Math.exp(-0.5 * u * u);

  // The first points from the left are the same for every order, and kept: f - 1, log f, the density.
  const excesses = new Float64Array(KEPT);
  const logFs = new Float64Array(KEPT);
  const weights = new Float64Array(KEPT);
  let kept = 0;

  return (order) => {
    const first = Math.floor((Math.max(order, 2) / z + REACH) / step);
    for (; kept < KEPT && kept <= first - last; kept++) {
      const u = (last + kept) * step;
      excesses[kept] = excessAt(u);
      logFs[kept] = logFAt(u);
      weights[kept] = weightAt(u);
    }
    const logOrder = Math.log(order);
    // The sum is exp(scale) * sum. From the right, so that its largest part is known before the rest.
    let scale = 0;
    let unit = 1;
    let sum = 0;
    for (let j = first; j >= last; j--) {
      const u = j * step;
      const i = j - last;
      const excess = i < KEPT ? excesses[i]! : excessAt(u);
      const logF = i < KEPT ? logFs[i]! : logFAt(u);
      const power = order * logF;
      let term: number;
      if (power < LARGE) {
        const weight = unit * (i < KEPT ? weights[i]! : weightAt(u));
        term =
          Math.abs(order * excess) < SMALL
            ? remainder(order, excess) * weight
            : ((1 + excess) * Math.expm1(power - logF) - (order - 1) * excess) * weight;
      } else {
        const rest = power - logF;
        const log =
          logF +
          (rest > 700 ? rest : Math.log(Math.expm1(rest) + (order - 1) * Math.expm1(-logF))) -
          0.5 * u * u;
        if (log > scale + 300) {
          sum *= Math.exp(scale - log);
          scale = log;
          unit = Math.exp(-scale);
        }
        term = Math.exp(log - scale);
      }
      sum += term;
      if (term < sum * 1e-22 && u > 0) {
        // The integrand is at most alpha max(1, f^alpha) exp(-u^2 / 2), whose logarithm grows by at most u
        // for each unit to the left: so far there is nothing to be found.
        const missing = Math.log(sum) + scale - 50 - (Math.max(0, power) + logOrder - 0.5 * u * u);
        if (missing > 0) j -= Math.floor(missing / (u * step));
      }
    }
    return log1pOfLog(scale + Math.log((sum * step) / Math.sqrt(2 * Math.PI)));
  };
}

/** (1 + y)^alpha - 1 - alpha y for small alpha y: the binomial series from its second power on. */
function remainder(order: number, y: number): number {
  let term = order * y;
  let sum = 0;
  for (let k = 2; k < 30; k++) {
    term *= ((order - k + 1) / k) * y;
    sum += term;
    if (Math.abs(term) <= 1e-17 * Math.abs(sum)) break;
  }
  return sum;
}
