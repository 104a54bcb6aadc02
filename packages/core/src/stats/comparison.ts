import { effectOf, type Effect } from "./effect.ts";
import { differenceOf, type Estimate } from "./estimate.ts";
import type { Folds } from "./folds.ts";
import { holm } from "./holm.ts";
import { intervalOf, LEVEL, pValueOf } from "./inference.ts";

/** `method` minus `against`. */
export interface Comparison extends Effect {
  readonly method: string;
  readonly against: string;
  readonly metric: string;
  /** A client, or `macro`. */
  readonly client: string;
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  /** As those of `Interval`. */
  readonly rowsLow?: number;
  readonly rowsHigh?: number;
  readonly p: number;
  readonly pHolm: number;
  readonly verdict: "better" | "worse" | "no clear difference";
}

/** Which two methods are compared, and on whose rows. */
export interface Pairing {
  readonly method: string;
  readonly against: string;
  readonly client: string;
}

export interface FamilyOptions {
  readonly metric: { readonly name: string; readonly higherIsBetter: boolean };
  readonly estimateOf: (client: string, method: string) => Estimate | undefined;
  /** As `intervalOf` takes it. */
  readonly noise: Float64Array;
  readonly folds?: Folds | undefined;
}

/** Paired comparisons whose p-values are corrected together; those that a client does not define are left out. */
export function compareFamily(
  pairings: readonly Pairing[],
  { metric: { name, higherIsBetter }, estimateOf, noise, folds }: FamilyOptions,
): Comparison[] {
  const pairs = pairings.flatMap((pairing) => {
    const a = estimateOf(pairing.client, pairing.method);
    const b = estimateOf(pairing.client, pairing.against);
    return a && b ? [{ ...pairing, a, b, difference: differenceOf(a, b) }] : [];
  });
  const p = pairs.map(({ difference }) => pValueOf(difference, folds));
  const adjusted = holm(p);
  return pairs.map(({ method, against, client, a, b, difference }, i) => {
    const { mean, sd: _, ...ends } = intervalOf(difference, noise, folds);
    return {
      method,
      against,
      metric: name,
      client,
      difference: mean,
      ...ends,
      p: p[i]!,
      pHolm: adjusted[i]!,
      verdict: verdictOf(mean, adjusted[i]!, higherIsBetter),
      ...effectOf(a, b, { higherIsBetter }),
    };
  });
}

function verdictOf(
  difference: number,
  pHolm: number,
  higherIsBetter: boolean,
): Comparison["verdict"] {
  if (pHolm >= LEVEL) return "no clear difference";
  return difference > 0 === higherIsBetter ? "better" : "worse";
}

/** Every two methods once, the later one against the earlier one. */
export function everyPair(
  methods: readonly string[],
): readonly { readonly method: string; readonly against: string }[] {
  return methods.flatMap((method, i) =>
    methods.slice(0, i).map((against) => ({ method, against })),
  );
}
