import type { EncoderCosine, UserRepresentations } from "./types.ts";

/** Name of the encoder of the merged sequence. */
export const MERGED = "merged";

/** [users, encoders, width]: vectors of length 1, and zeros where there is no vector. */
export function unitVectors(representations: UserRepresentations): Float64Array {
  const { values, width } = representations;
  const units = Float64Array.from(values);
  for (let at = 0; at < units.length; at += width) {
    let square = 0;
    for (let i = at; i < at + width; i++) square += units[i]! ** 2;
    if (square === 0) continue;
    const norm = Math.sqrt(square);
    for (let i = at; i < at + width; i++) units[i]! /= norm;
  }
  return units;
}

/**
 * Cosines of all pairs of encoders over users that have both vectors; pairs that no user has are left out.
 * With unit vectors a_u and b_u of n users, the mean over pairs of different users is
 *
 *   (sum_u a_u . sum_v b_v - sum_u a_u . b_u) / (n (n - 1))
 */
export function encoderCosines(
  units: Float64Array,
  encoders: readonly string[],
  width: number,
): EncoderCosine[] {
  return encoders.flatMap((first, i) =>
    encoders.slice(i + 1).flatMap((second, k) => {
      const found = cosineOf(units, { places: [i, i + 1 + k], encoders: encoders.length, width });
      return found === undefined ? [] : [{ encoders: [first, second] as const, ...found }];
    }),
  );
}

function cosineOf(
  units: Float64Array,
  {
    places: [first, second],
    encoders,
    width,
  }: {
    readonly places: readonly [number, number];
    readonly encoders: number;
    readonly width: number;
  },
): Omit<EncoderCosine, "encoders"> | undefined {
  const sumA = new Float64Array(width);
  const sumB = new Float64Array(width);
  let users = 0;
  let same = 0;
  for (let at = 0; at < units.length; at += encoders * width) {
    const a = units.subarray(at + first * width, at + (first + 1) * width);
    const b = units.subarray(at + second * width, at + (second + 1) * width);
    if (isZero(a) || isZero(b)) continue;
    users += 1;
    for (let i = 0; i < width; i++) {
      same += a[i]! * b[i]!;
      sumA[i]! += a[i]!;
      sumB[i]! += b[i]!;
    }
  }
  if (users === 0) return undefined;
  if (users === 1) return { users, mean: same };
  let all = 0;
  for (let i = 0; i < width; i++) all += sumA[i]! * sumB[i]!;
  return { users, mean: same / users, others: (all - same) / (users * (users - 1)) };
}

export const isZero = (vector: Float64Array): boolean => vector.every((entry) => entry === 0);
