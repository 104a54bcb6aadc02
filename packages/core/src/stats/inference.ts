import { mean, quantile, standardDeviation } from "./descriptive.ts";
import type { Difference } from "./estimate.ts";
import { foldSpread, type Folds } from "./folds.ts";
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
  /** Ends of the interval from drawing test users (rows) alone, models fixed; only where seeds are folds. */
  readonly rowsLow?: number;
  readonly rowsHigh?: number;
}

/** Where the standard error of a mean over seeds comes from. */
interface Spread {
  readonly mean: number;
  readonly sd: number;
  readonly standardError: number;
  readonly degrees: number;
  /** What the sign test counts where nothing varies. */
  readonly numDraws: number;
  /** Whether seeds are folds. */
  readonly resampled: boolean;
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
 *
 * Seeds that test the folds of one partition are no independent draws: see `foldSpread`. Test rows differ
 * from fold to fold, so the deviation over folds holds U already.
 */
function spreadOf({ values, deltas, numUsers }: Difference, folds: Folds | undefined): Spread {
  const centre = mean(values);
  const sd = standardDeviation(values);
  const ofFolds = folds && foldSpread(values, folds);
  const known =
    ofFolds === undefined
      ? { ...ofUsersAndSeeds(), numDraws: numUsers, resampled: false }
      : { ...ofFolds, numDraws: ofFolds.degrees + 1, resampled: true };
  // What rounding alone leaves is no sampling error.
  return known.standardError <= ROUNDING * Math.abs(centre)
    ? { ...known, mean: centre, sd, standardError: 0, degrees: Infinity }
    : { ...known, mean: centre, sd };

  function ofUsersAndSeeds() {
    const ofUsers = standardDeviation(deltas) ** 2;
    const ofSeeds = sd ** 2 / values.length;
    const variance = ofUsers + ofSeeds;
    const uncertainty =
      (ofUsers > 0 ? ofUsers ** 2 / (numUsers - 1) : 0) +
      (ofSeeds > 0 ? ofSeeds ** 2 / (values.length - 1) : 0);
    return { standardError: Math.sqrt(variance), degrees: variance ** 2 / uncertainty };
  }
}

/**
 * The mean over seeds with its 95% interval: percentiles of the bootstrap samples of users, each
 * shifted by a normal draw of the seeds' standard error, stretched by t_v / z (see `spreadOf`). With one
 * seed this is the percentile bootstrap over users; with many users it is mean +- t_{S-1} sd / sqrt(S).
 * Where seeds are folds it is mean +- t_v se (see `foldSpread`), with the percentile bootstrap over users
 * beside it: what the test rows leave open about the models at hand, not about training on other rows.
 *
 * noise: [samples], standard normal.
 */
export function intervalOf(estimate: Difference, noise: Float64Array, folds?: Folds): Interval {
  const { mean: centre, sd, standardError, degrees, resampled } = spreadOf(estimate, folds);
  if (resampled) {
    const half = standardError === 0 ? 0 : studentCritical(LEVEL, degrees) * standardError;
    const rows = percentiles(estimate.deltas.toSorted(), estimate.numUsers - 1);
    return {
      mean: centre,
      sd,
      low: centre - half,
      high: centre + half,
      rowsLow: centre + rows.low,
      rowsHigh: centre + rows.high,
    };
  }
  if (standardError === 0) return { mean: centre, sd, low: centre, high: centre };
  const ofSeeds = sd / Math.sqrt(estimate.values.length);
  const moved = estimate.deltas.map((delta, i) => delta + ofSeeds * noise[i]!).sort();
  const { low, high } = percentiles(moved, degrees);
  return { mean: centre, sd, low: centre + low, high: centre + high };
}

/** The ends of 95% of ascending bootstrap deltas, stretched by t_v / z. */
function percentiles(deltas: Float64Array, degrees: number): { low: number; high: number } {
  // One user cannot be resampled: all deltas are 0.
  const stretch = degrees === 0 ? 1 : studentCritical(LEVEL, degrees) / NORMAL_CRITICAL;
  return {
    low: stretch * quantile(deltas, LEVEL / 2),
    high: stretch * quantile(deltas, 1 - LEVEL / 2),
  };
}

/**
 * Two-sided p of a paired difference being 0: t = mean / se against Student's t with v degrees of
 * freedom (see `spreadOf`). Where the difference is the same for every user and seed, it has no
 * standard error; then it is the sign test's 2^(1 - n), so that one user (or fold) proves nothing.
 */
export function pValueOf(difference: Difference, folds?: Folds): number {
  const { mean: centre, standardError, degrees, numDraws } = spreadOf(difference, folds);
  if (centre === 0) return 1;
  if (standardError === 0) return Math.min(1, 2 ** (1 - numDraws));
  return studentTail(centre / standardError, degrees);
}
