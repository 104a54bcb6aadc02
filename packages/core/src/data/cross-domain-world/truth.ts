import type { TrueAffinity } from "../true-affinity.ts";
import { WIDTH, type DomainItems } from "./items.ts";
import { angleOf } from "./seasons.ts";

/** Beside what is wanted: the item's appeal, and its burst as the product of two points of a circle. */
const TRUTH_WIDTH = WIDTH + 3;

/** The vectors that log-weights are inner products of. */
export interface TruthOfDomain {
  readonly affinity: TrueAffinity;
  /** Sets what a user wants, in a season. */
  readonly set: (user: number, season: number, wanted: Float64Array) => void;
}

/** What users of a domain want: <user, item> is the logarithm of what the item weighs in a choice. */
export function truthOfDomain(
  { count, vector, appeal, peak }: DomainItems,
  { users, bursts }: { readonly users: number; readonly bursts: number },
): TruthOfDomain {
  const user = new Float64Array(users * TRUTH_WIDTH);
  const item = new Float64Array(count * TRUTH_WIDTH);
  for (let i = 0; i < count; i++) {
    const at = i * TRUTH_WIDTH;
    item.set(vector.subarray(i * WIDTH, (i + 1) * WIDTH), at);
    item[at + WIDTH] = appeal[i]!;
    item[at + WIDTH + 1] = Math.cos(2 * Math.PI * peak[i]!);
    item[at + WIDTH + 2] = Math.sin(2 * Math.PI * peak[i]!);
  }
  return {
    affinity: { width: TRUTH_WIDTH, user, item },
    set: (u, season, wanted) => {
      const at = u * TRUTH_WIDTH;
      user.set(wanted, at);
      user[at + WIDTH] = 1;
      user[at + WIDTH + 1] = bursts * Math.cos(angleOf(season));
      user[at + WIDTH + 2] = bursts * Math.sin(angleOf(season));
    },
  };
}
