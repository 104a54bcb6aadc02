import type { Mechanism, RandomBytes } from "../privacy/index.ts";

/** How a trainer protects the units that its rows belong to (DP-SGD, Abadi et al. 2016). */
export interface PrivateTraining {
  readonly unit: "example" | "user";
  /** Rows of a unit that one step looks at; 1 for examples. */
  readonly rowsPerUnit: number;
  /** Bound on the norm of a unit's gradient; Infinity: none. */
  readonly clip:
    | { readonly kind: "fixed"; readonly norm: number }
    | {
        readonly kind: "quantile";
        readonly quantile: number;
        readonly initial: number;
        readonly learningRate: number;
        /** Deviation of the noise on the count; undefined: a twentieth of the expected units of a step. */
        readonly countNoise: number | undefined;
      };
  readonly clipping: "flat" | "per-layer";
  /** Of all that a step reveals, the count that moves the bound included. */
  readonly noiseMultiplier: number;
  readonly sampling: "poisson" | "shuffled";
}

/** What one pass costs: so many steps of a mechanism. */
export interface PassCost {
  readonly mechanism: Mechanism;
  /** The same against who sees which units a step took. */
  readonly unamplified: Mechanism;
  readonly steps: number;
}

/** Noise and secret sampling of one pass, by purpose. */
export type PassSecrets = (purpose: string) => RandomBytes;
