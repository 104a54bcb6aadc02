import { epsilonOf } from "./epsilon.ts";
import { gaussianRdp } from "./rdp.ts";

/** One noisy release by the Gaussian mechanism, to be entered before it is sent. */
export interface Release {
  /** What was released, in words or as a key. */
  readonly what: string;
  /** Most that one unit of privacy moves what is released, as a Euclidean norm. */
  readonly sensitivity: number;
  /** Standard deviation of the noise over the sensitivity. */
  readonly noiseMultiplier: number;
}

/** Plain data, to be saved with whatever draws the noise. */
export interface LedgerState {
  readonly releases: readonly Release[];
  /** Of all these releases together, at the ledger's delta. */
  readonly epsilon: number;
}

export interface ReleaseLedger {
  readonly init: () => LedgerState;
  readonly step: (state: LedgerState, release: Release) => LedgerState;
}

/**
 * Adds up what releases about the same units cost together. Noise multipliers have to be fixed in advance:
 * what may depend on earlier releases needs a filter (Rogers et al. 2016), which this is not. Without
 * sampling every divergence is alpha / (2 z^2), so all together are one Gaussian mechanism with
 * z = (sum of z_i^-2)^-1/2, and the order that suits the total best may be chosen at the end.
 */
export function releaseLedger({ delta }: { readonly delta: number }): ReleaseLedger {
  return {
    init: () => ({ releases: [], epsilon: 0 }),
    step: (state, release) => {
      const { what, sensitivity } = release;
      if (!(sensitivity > 0 && Number.isFinite(sensitivity)))
        throw new RangeError(
          `release "${what}": sensitivity is ${sensitivity}; it must be finite and above 0`,
        );
      const releases = [...state.releases, release];
      const perOrder = releases.reduce(
        (sum, { noiseMultiplier }) => sum + rateOf(noiseMultiplier),
        0,
      );
      return { releases, epsilon: epsilonOf((order) => order * perOrder, delta) };
    },
  };
}

/** Divergence per order; 1 / (2 z^2). */
function rateOf(noiseMultiplier: number): number {
  return gaussianRdp(noiseMultiplier, 2) / 2;
}
