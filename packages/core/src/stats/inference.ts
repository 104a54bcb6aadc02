import { mean, quantile, standardDeviation } from "./descriptive.ts";
import type { Estimate } from "./estimate.ts";
import { studentCritical, studentTail } from "./student-t.ts";

/** Intervals hold 95%, tests reject below 5%. */
export const LEVEL = 0.05;

/** The standard normal distribution's two-sided 5% point. */
const NORMAL_CRITICAL = 1.959963984540054;

const ROUNDING = 1e-12;

export interface Interval {
  /** Over seeds. */
  readonly mean: number;
  /** Over seeds, n - 1; 0 for one seed. */
  readonly sd: number;
  readonly low: number;
  readonly high: number;
}

/** Where the standard error of a mean over seeds comes from. */
interface Spread {
  readonly mean: number;
  readonly sd: number;
  /** sqrt(users' variance + sd^2 / number of seeds). */
  readonly standardError: number;
  /** Welch and Satterthwaite's degrees of freedom of that error. */
  readonly degrees: number;
}

/**
 * The error of a mean over S seeds has two parts: the test users are a sample, and so are the seeds,
 *
 *   se^2 = U + D,   U = variance of the users' bootstrap deltas,   D = sd^2 / S.
 *
 * D is known from S values alone, three as a rule, so it is treated as Welch and Satterthwaite do:
 *
 *   v = (U + D)^2 / (U^2 / (n - 1) + D^2 / (S - 1))
 *
 * Drawing three seeds with replacement instead would take D for 2/3 of itself and for known, and reject
 * one true null hypothesis in four where seeds are what varies. What users and seeds do to each other
 * is counted in U and in D: where that dominates, intervals are too wide rather than too narrow.
 */
function spreadOf({ values, deltas, numUsers }: Estimate): Spread {
  const sd = standardDeviation(values);
  const ofUsers = standardDeviation(deltas) ** 2;
  const ofSeeds = sd ** 2 / values.length;
  const variance = ofUsers + ofSeeds;
  const standardError = Math.sqrt(variance);
  const centre = mean(values);
  // What rounding alone leaves is no sampling error.
  if (standardError <= ROUNDING * Math.abs(centre))
    return { mean: centre, sd, standardError: 0, degrees: Infinity };
  const uncertainty =
    (ofUsers > 0 ? ofUsers ** 2 / (numUsers - 1) : 0) +
    (ofSeeds > 0 ? ofSeeds ** 2 / (values.length - 1) : 0);
  return { mean: centre, sd, standardError, degrees: variance ** 2 / uncertainty };
}

/**
 * The mean over seeds with its 95% interval: percentiles of the bootstrap samples of users, each
 * shifted by a normal draw of the seeds' standard error, stretched by t_v / z (see `spreadOf`). With one
 * seed this is the percentile bootstrap over users; with many users it is mean +- t_{S-1} sd / sqrt(S).
 *
 * noise: [samples], standard normal.
 */
export function intervalOf(estimate: Estimate, noise: Float64Array): Interval {
  const { mean: centre, sd, standardError, degrees } = spreadOf(estimate);
  if (standardError === 0) return { mean: centre, sd, low: centre, high: centre };
  const ofSeeds = sd / Math.sqrt(estimate.values.length);
  const moved = estimate.deltas.map((delta, i) => delta + ofSeeds * noise[i]!).sort();
  const stretch = studentCritical(LEVEL, degrees) / NORMAL_CRITICAL;
  return {
    mean: centre,
    sd,
    low: centre + stretch * quantile(moved, LEVEL / 2),
    high: centre + stretch * quantile(moved, 1 - LEVEL / 2),
  };
}

/**
 * Two-sided p of a paired difference being 0: t = mean / se against Student's t with v degrees of
 * freedom (see `spreadOf`). Where the difference is the same for every user and seed, it has no
 * standard error; then it is the sign test's 2^(1 - n), so that one user proves nothing.
 */
export function pValueOf(difference: Estimate): number {
  const { mean: centre, standardError, degrees } = spreadOf(difference);
  if (centre === 0) return 1;
  if (standardError === 0) return Math.min(1, 2 ** (1 - difference.numUsers));
  return studentTail(centre / standardError, degrees);
}
