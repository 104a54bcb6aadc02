import type { Encoded } from "../../../models/quantization/index.ts";
import type { Contribution } from "./aggregate.ts";
import { clipRows } from "./noise.ts";
import type { CodebooksConfig } from "../config.ts";

/** Entities by code of one level, [codes]. */
export function usesOfLevel({ codes, residuals }: Encoded, level: number, numCodes: number) {
  const levels = residuals.length;
  const counts = new Float32Array(numCodes);
  for (let at = level; at < codes.length; at += levels) counts[codes[at]!]! += 1;
  return counts;
}

/**
 * S_k: the sum of what a level quantised, over the entities that chose code k, [codes * width]. Clipped
 * vectors lie on a grid, so that their sums are exact: one vector moves them by no more than its norm.
 */
export function sumsOfLevel(
  { codes, residuals }: Encoded,
  level: number,
  {
    numCodes,
    width,
    longest,
  }: {
    readonly numCodes: number;
    readonly width: number;
    /** Longer vectors are scaled down to this norm first. */
    readonly longest?: number | undefined;
  },
): Float64Array {
  const levels = residuals.length;
  const given = residuals[level]!;
  const vectors = longest === undefined ? given : clipRows(given, width, longest);
  const sums = new Float64Array(numCodes * width);
  for (let i = 0; i * levels < codes.length; i++) {
    const code = codes[i * levels + level]!;
    for (let k = 0; k < width; k++) sums[code * width + k]! += vectors[i * width + k]!;
  }
  return sums;
}

/**
 * What a market says of one level after training, from codes of all its entities. Rows that it does not
 * use go back as they came: what training did to them on the way says nothing about its entities.
 */
export function contributionOf(
  encoded: Encoded,
  level: number,
  options: {
    readonly aggregation: CodebooksConfig["aggregation"];
    readonly numEntities: number;
    readonly width: number;
    /** [codes * width], before training. */
    readonly received: Float32Array;
    /** [codes * width], after it. */
    readonly trained: Float32Array;
    /** Codes with fewer entities are left out. */
    readonly minimumCount: number;
    readonly longest?: number | undefined;
  },
): Contribution {
  const { aggregation, numEntities, width, received, trained, minimumCount, longest } = options;
  const numCodes = received.length / width;
  const counts = usesOfLevel(encoded, level, numCodes);
  if (aggregation === "sums") {
    const exact = sumsOfLevel(encoded, level, { numCodes, width, longest });
    const sums = longest === undefined ? Float32Array.from(exact) : exact;
    leaveOut({ counts, sums }, minimumCount, width);
    return { counts, sums, numEntities };
  }
  const rows = trained.slice();
  leaveOut({ counts }, minimumCount, width);
  counts.forEach((count, k) => {
    if (count === 0) rows.set(received.subarray(k * width, (k + 1) * width), k * width);
  });
  return aggregation === "usage" ? { rows, counts, numEntities } : { rows, numEntities };
}

/** Takes codes with fewer than `least` entities out, in place. */
export function leaveOut(
  { counts, sums }: { readonly counts: Float32Array; readonly sums?: Float32Array | Float64Array },
  least: number,
  width: number,
): void {
  counts.forEach((count, k) => {
    if (count >= least) return;
    counts[k] = 0;
    sums?.fill(0, k * width, (k + 1) * width);
  });
}
