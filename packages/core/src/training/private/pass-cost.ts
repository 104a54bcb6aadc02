import type { PassCost, PrivateTraining } from "../private-training.ts";

/** Units that a step expects: those that fit in a batch with the rows it looks at. */
export function batchUnitsOf(
  { rowsPerUnit }: Pick<PrivateTraining, "rowsPerUnit">,
  batchSize: number,
): number {
  return Math.max(1, Math.floor(batchSize / rowsPerUnit));
}

/** Steps of a pass: as many as it takes until every unit is expected once. */
export function stepsOfPass(numUnits: number, batchUnits: number): number {
  return Math.ceil(numUnits / batchUnits);
}

/** Probability with which a Poisson step takes a unit. */
export function samplingRateOf(numUnits: number, batchUnits: number): number {
  return Math.min(1, batchUnits / numUnits);
}

/**
 * What one pass costs.
 *
 * Poisson: every step is a sampled Gaussian mechanism of rate batchUnits / numUnits. Shuffled: the steps of a
 * pass are of disjoint units, so that one unit is in one of them, and the pass is one Gaussian mechanism.
 * How many units there are is taken as known.
 */
export function passCost(
  { noiseMultiplier, sampling }: Pick<PrivateTraining, "noiseMultiplier" | "sampling">,
  { numUnits, batchUnits }: { readonly numUnits: number; readonly batchUnits: number },
): PassCost {
  const gaussian = (samplingRate: number) =>
    ({ kind: "gaussian", noiseMultiplier, samplingRate }) as const;
  const unamplified = gaussian(1);
  if (sampling === "shuffled") return { mechanism: unamplified, unamplified, steps: 1 };
  return {
    mechanism: gaussian(samplingRateOf(numUnits, batchUnits)),
    unamplified,
    steps: stepsOfPass(numUnits, batchUnits),
  };
}

/** What a pass without clipping and noise is entered as: no promise. */
export const noProtection: PassCost = {
  mechanism: { kind: "gaussian", noiseMultiplier: 0, samplingRate: 1 },
  unamplified: { kind: "gaussian", noiseMultiplier: 0, samplingRate: 1 },
  steps: 1,
};
