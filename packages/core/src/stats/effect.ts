import { mean } from "./descriptive.ts";
import type { Estimate } from "./estimate.ts";

/** How large a difference is, whatever its metric; positive where the method is better. */
export interface Effect {
  /** Percent of the other's value; absent where that is 0. */
  readonly gain?: number;
  /** In standard deviations of users' differences; absent where these do not vary. */
  readonly effect?: number;
}

/**
 * Two sizes of `a - b`, both turned so that more is better:
 *
 *   gain   = 100 (a - b) / |b|,
 *   effect = (a - b) / sd,   sd^2 = N sum_u (influence_a,u - influence_b,u)^2,
 *
 * over the N users of all clients. For a metric that is a mean over one client's users, sd is the standard
 * deviation (n - 1) of their paired differences, averaged over seeds, and the effect is Cohen's d for paired
 * samples (d_z, Lakens 2013); for others, such as AUC, a user's difference is what the metric would move by
 * with that user alone counted more (its influence). Rows stand for users where data have none.
 */
export function effectOf(
  a: Pick<Estimate, "values" | "parts">,
  b: Pick<Estimate, "values" | "parts">,
  { higherIsBetter }: { readonly higherIsBetter: boolean },
): Effect {
  const sign = higherIsBetter ? 1 : -1;
  const from = mean(b.values);
  // Never -0, which files do not know.
  const difference = sign * (mean(a.values) - from) + 0;
  const deviation = Math.sqrt(usersOf(a) * varianceOf(a, b));
  return {
    ...(from !== 0 && { gain: (100 * difference) / Math.abs(from) }),
    ...(deviation > 1e-12 * Math.abs(difference) && { effect: difference / deviation }),
  };
}

function usersOf({ parts }: Pick<Estimate, "parts">): number {
  return parts.reduce((sum, { numUsers }) => sum + numUsers, 0);
}

/** What the users' part of the difference's variance is; clients' users are independent. */
function varianceOf(a: Pick<Estimate, "parts">, b: Pick<Estimate, "parts">): number {
  let variance = 0;
  for (const [c, { share, influence }] of a.parts.entries()) {
    const other = b.parts[c]!.influence;
    let squares = 0;
    for (let u = 0; u < Math.max(influence.length, other.length); u++)
      squares += ((influence[u] ?? 0) - (other[u] ?? 0)) ** 2;
    variance += share ** 2 * squares;
  }
  return variance;
}
