import type { Uses } from "../mechanism.ts";
import { windowOfSum, type LossSum } from "./curve.ts";
import { discretise } from "./discretise.ts";
import { gaussianLoss } from "./gaussian-loss.ts";
import { laplaceLoss } from "./laplace-loss.ts";
import type { Direction, Loss } from "./loss.ts";

/** Most multiples of the interval that one use's loss, and that a sum's window, may span. */
const LARGEST_LOSS = 2 ** 18;
const LARGEST_WINDOW = 2 ** 20;

export interface SumsOptions {
  readonly tilt: number;
  /** Longest interval of the grid; it is longer only where there would be too many of them. */
  readonly interval: number;
  /** Mass of loss without bound that all uses together may have, by cutting off their tails. */
  readonly tail: number;
}

/** The losses of uses on one grid, once for each direction that differs. */
export function lossSums(
  uses: readonly Uses[],
  { tilt, interval: longest, tail }: SumsOptions,
): readonly LossSum[] {
  const one = Math.max(1e-300, tail / countOf(uses));
  const sampled = uses.some(
    ({ mechanism }) => mechanism.kind === "gaussian" && mechanism.samplingRate < 1,
  );
  const directions: readonly Direction[] = sampled ? ["remove", "add"] : ["remove"];

  return directions.map((direction) => {
    const losses = uses.map((use) => ({ loss: lossOf(use, { direction, tail: one }), ...use }));
    const spans = losses.map(({ loss }) => loss.loss(loss.to) - loss.loss(loss.from));
    let interval = Math.max(longest, Math.max(...spans) / LARGEST_LOSS);
    for (;;) {
      const parts = losses.map(({ loss, count }) => ({ loss: discretise(loss, interval), count }));
      const sum = { parts, interval, tilt };
      const { low, high } = windowOfSum(sum).window;
      const excess = (high - low) / LARGEST_WINDOW;
      if (excess <= 1) return sum;
      interval *= 1.1 * excess;
    }
  });
}

export function countOf(uses: readonly Uses[]): number {
  let count = 0;
  for (const use of uses) count += use.count;
  return count;
}

function lossOf(
  { mechanism }: Uses,
  { direction, tail }: { readonly direction: Direction; readonly tail: number },
): Loss {
  switch (mechanism.kind) {
    case "gaussian":
      return gaussianLoss({ ...mechanism, direction, tail });
    case "laplace":
      return laplaceLoss(mechanism.noiseMultiplier);
    case "discrete-gaussian":
      throw new RangeError(DISCRETE);
  }
}

export const DISCRETE =
  "pld cannot account for Gaussian noise on the integers: how its loss spreads depends on the noise " +
  "itself, not on the noise multiplier alone; take the accountant rdp or zcdp";
