import type { Accountant } from "./accountant.ts";
import { checkDelta, checkEpsilon, checkMechanism, checkUses, isFree } from "./check.ts";
import { logDeltaApart, logDeltaAt } from "./delta.ts";
import { epsilonAt, isCovered } from "./epsilon.ts";
import type { Mechanism, Uses } from "./mechanism.ts";

/**
 * Zero-concentrated differential privacy: rho such that RDP(alpha) <= rho alpha at every order, for one use.
 *
 *   Gaussian, discrete Gaussian: 1 / (2 z^2)
 *   Laplace of scale b: (1 / b)^2 / 2, that of anything with epsilon 1 / b and delta 0
 *
 * Bun and Steinke 2016, propositions 1.4 and 1.6; Canonne, Kamath and Steinke 2020. Under sampling there is
 * no finite rho worth having: `samplingRate` between 0 and 1 is a RangeError.
 */
export function rhoOf(mechanism: Mechanism): number {
  checkMechanism(mechanism);
  if (isFree(mechanism)) return 0;
  const refusal = refusalOf(mechanism);
  if (refusal !== undefined) throw new RangeError(`rhoOf: ${refusal}`);
  return 1 / (2 * mechanism.noiseMultiplier ** 2);
}

/** The epsilon at delta that rho promises: `epsilonOf` of rho alpha, least over all real orders. */
export function epsilonOfRho(rho: number, delta: number): number {
  checkDelta(delta);
  checkRho(rho);
  if (rho === Infinity) return Infinity;
  // The divergence of order 1 is at most rho.
  if (rho === 0 || isCovered(rho, delta)) return 0;
  const order = leastOrder((order) => epsilonAt(rho * order, { delta, order }));
  return Math.max(0, epsilonAt(rho * order, { delta, order }));
}

/** The delta at epsilon that rho promises: `deltaOf` of rho alpha, least over all real orders. */
export function deltaOfRho(rho: number, epsilon: number): number {
  checkEpsilon(epsilon);
  checkRho(rho);
  if (rho === 0) return 0;
  if (rho === Infinity) return 1;
  const order = leastOrder((order) => logDeltaAt(rho * order, { epsilon, order }));
  const converted = logDeltaAt(rho * order, { epsilon, order });
  // The divergence of order 1 is at most rho.
  return Math.exp(Math.min(0, logDeltaApart(rho), converted));
}

/** Accounting by zero-concentrated privacy, for releases without sampling: their rhos add. */
export const zcdpAccountant: Accountant = {
  epsilon: (uses, delta) => epsilonOfRho(rhoOfAll(uses), delta),
  delta: (uses, epsilon) => deltaOfRho(rhoOfAll(uses), epsilon),
  refuses: (uses) => {
    for (const { mechanism, count } of uses) {
      const refusal = count > 0 && !isFree(mechanism) ? refusalOf(mechanism) : undefined;
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  },
};

function rhoOfAll(uses: readonly Uses[]): number {
  checkUses(uses);
  let rho = 0;
  for (const { mechanism, count } of uses) if (count > 0) rho += count * rhoOf(mechanism);
  return rho;
}

function refusalOf(mechanism: Mechanism): string | undefined {
  if (mechanism.kind !== "gaussian" || mechanism.samplingRate === 1) return undefined;
  return (
    `zcdp knows no amplification by sampling (samplingRate ${mechanism.samplingRate}); ` +
    `take the accountant rdp or pld, or account for samplingRate 1`
  );
}

function checkRho(rho: number): void {
  if (!(rho >= 0)) throw new RangeError(`rho is ${rho}; it must be 0 or more`);
}

/** Where a bound that falls, then rises with the order is least: golden sections of log(order - 1). */
function leastOrder(boundAt: (order: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  const at = (x: number): number => boundAt(1 + Math.exp(x));
  let low = -4.6;
  let high = 46;
  let left = high - ratio * (high - low);
  let right = low + ratio * (high - low);
  let [atLeft, atRight] = [at(left), at(right)];
  while (high - low > 1e-9) {
    if (atLeft <= atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - ratio * (high - low);
      atLeft = at(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + ratio * (high - low);
      atRight = at(right);
    }
  }
  return 1 + Math.exp(high);
}
