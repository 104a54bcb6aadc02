import { z } from "zod";
import { normal, type RandomStream } from "../../random/index.ts";
import { symmetricEigen } from "../../request/index.ts";
import { fitFactors, type FactorTrainer } from "./factor-trainer.ts";
import { fillUnseenUsers, type Factors } from "./factors.ts";
import { pause } from "./pause.ts";
import { transposed, type Positives } from "./positives.ts";
import type { FitOptions } from "./types.ts";

const positive = z.number().int().positive();

export const svdConfig = z.strictObject({
  kind: z.literal("svd"),
  width: positive.default(64).describe("singular vectors, the length of the user and item vectors"),
  epochs: positive.default(8).describe("most subspace iterations"),
  oversampling: z
    .number()
    .int()
    .nonnegative()
    .default(8)
    .describe("directions beyond the width that the iterations carry along"),
});

export type SvdConfig = z.infer<typeof svdConfig>;

/** Length below which what is left of a direction is rounding, beside what it was. */
const NOTHING_LEFT = 1e-9;

/**
 * The truncated singular value decomposition of who chose what, with D the degrees of users and items:
 *
 *   M = D_u^{-1/2} R D_i^{-1/2} ~ U S V',   users U S^{1/2}, items V S^{1/2}
 *
 * by randomised subspace iteration: a pass is Q <- orth(M' orth(M Q)), from a random Q. Halko, Martinsson,
 * Tropp 2011, algorithm 4.4. Each vector of V has its largest entry positive, so that no sign is left to
 * chance. The loss of a pass is the share of |M|^2 outside of the subspace that it began with. A world with fewer singular vectors than the width fills up with zeros.
 */
export function createSvd(
  positives: Positives,
  config: SvdConfig,
  random: RandomStream,
): FactorTrainer {
  const { numUsers, numItems } = positives;
  const { width } = config;
  const numColumns = Math.min(width + config.oversampling, numUsers, numItems);
  const byItem = transposed(positives);
  const scaleOf = ({ offsets }: Positives) =>
    Float64Array.from({ length: offsets.length - 1 }, (_, row) => {
      const degree = offsets[row + 1]! - offsets[row]!;
      return degree === 0 ? 0 : 1 / Math.sqrt(degree);
    });
  const [userScale, itemScale] = [scaleOf(positives), scaleOf(byItem)];
  let energy = 0;
  for (let u = 0; u < numUsers; u++)
    for (let at = positives.offsets[u]!; at < positives.offsets[u + 1]!; at++)
      energy += (userScale[u]! * itemScale[positives.items[at]!]!) ** 2;
  // Saved states and messages hold single precision; what an iteration loses by that, the next regains.
  const subspace = Float32Array.from({ length: numColumns * numItems }, () => normal(random));
  const columns = () =>
    Array.from({ length: numColumns }, (_, k) =>
      Float64Array.from(subspace.subarray(k * numItems, (k + 1) * numItems)),
    );

  const trainer: FactorTrainer = {
    epoch: async (_random, signal) => {
      await pause(signal);
      const spanned = columns().map((column) => product(positives, userScale, itemScale, column));
      orthonormalise(spanned);
      await pause(signal);
      const next = spanned.map((column) => product(byItem, itemScale, userScale, column));
      const captured = next.reduce((sum, column) => sum + dot(column, column), 0);
      orthonormalise(next);
      next.forEach((column, k) => subspace.set(column, k * numItems));
      trainer.steps += 1;
      return energy === 0 ? 0 : Math.max(0, 1 - captured / energy);
    },
    factors: () => {
      const basis = columns();
      orthonormalise(basis);
      const image = basis.map((column) => product(positives, userScale, itemScale, column));
      const gram = Float64Array.from({ length: numColumns ** 2 }, (_, at) =>
        dot(image[Math.floor(at / numColumns)]!, image[at % numColumns]!),
      );
      const { values, vectors } = symmetricEigen(gram, numColumns);
      const users = new Float32Array(numUsers * width);
      const items = new Float32Array(numItems * width);
      for (let k = 0; k < Math.min(width, numColumns); k++) {
        // The image M Q w has the length s: one root of s stays with each side.
        const root = Math.max(values[k]!, 0) ** 0.25;
        if (root ** 2 <= NOTHING_LEFT * Math.sqrt(Math.max(values[0]!, 0))) break;
        const item = combined(basis, vectors[k]!);
        const sign = signOfLargest(item);
        combined(image, vectors[k]!).forEach((value, u) => {
          users[u * width + k] = (sign * value) / root;
        });
        item.forEach((value, i) => (items[i * width + k] = sign * value * root));
      }
      fillUnseenUsers(users, width, positives);
      return { width, users, items };
    },
    arrays: { subspace },
    steps: 0,
  };
  return trainer;
}

/** Runs all iterations of the config. */
export function fitSvd(
  positives: Positives,
  config: SvdConfig,
  random: RandomStream,
  options?: FitOptions,
): Promise<Factors> {
  return fitFactors(createSvd(positives, config, random), config.epochs, random, options);
}

/** out_r = scale_r sum over r's neighbours c of otherScale_c x_c */
function product(
  { offsets, items }: Positives,
  scale: Float64Array,
  otherScale: Float64Array,
  x: Float64Array,
): Float64Array {
  const scaled = x.map((value, c) => otherScale[c]! * value);
  const out = new Float64Array(offsets.length - 1);
  for (let r = 0; r < out.length; r++) {
    let sum = 0;
    for (let at = offsets[r]!; at < offsets[r + 1]!; at++) sum += scaled[items[at]!]!;
    out[r] = scale[r]! * sum;
  }
  return out;
}

/** Gram-Schmidt, each column against the earlier ones twice; a column that they span becomes zero. */
function orthonormalise(columns: readonly Float64Array[]): void {
  columns.forEach((column, k) => {
    const before = Math.sqrt(dot(column, column));
    for (let time = 0; time < 2; time++)
      for (let j = 0; j < k; j++) {
        const other = columns[j]!;
        const share = dot(column, other);
        for (let i = 0; i < column.length; i++) column[i]! -= share * other[i]!;
      }
    const after = Math.sqrt(dot(column, column));
    const factor = after <= NOTHING_LEFT * before ? 0 : 1 / after;
    for (let i = 0; i < column.length; i++) column[i]! *= factor;
  });
}

function combined(columns: readonly Float64Array[], weights: Float64Array): Float64Array {
  const out = new Float64Array(columns[0]!.length);
  columns.forEach((column, k) => {
    for (let i = 0; i < out.length; i++) out[i]! += weights[k]! * column[i]!;
  });
  return out;
}

function signOfLargest(x: Float64Array): 1 | -1 {
  let largest = 0;
  for (const value of x) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? -1 : 1;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * y[i]!;
  return sum;
}
