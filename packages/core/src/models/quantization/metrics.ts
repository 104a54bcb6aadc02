import { collisionRate } from "./collisions.ts";
import type { Encoded } from "./encoder.ts";

/** How well codes are used and what they lose. */
export interface QuantisationMetrics {
  /** By level: the share of codes that some item has. */
  readonly usage: readonly number[];
  /** By level: exp of the entropy of the codes' shares; as many as there are codes where all are equal. */
  readonly perplexity: readonly number[];
  /** (items - different tuples) / items */
  readonly collisionRate: number;
  /** Mean squared error of the reconstruction, per number. */
  readonly reconstruction: number;
  /** Mean over levels of the mean squared distance of residuals to their codes, per number. */
  readonly commitment: number;
}

/** Usage, perplexity and collisions of codes [n * levels], with so many codes on each level. */
export function codeUsage(
  codes: Int32Array,
  levels: number,
  codesOf: readonly number[],
): Pick<QuantisationMetrics, "usage" | "perplexity" | "collisionRate"> {
  const n = codes.length / levels;
  const usage: number[] = [];
  const perplexity: number[] = [];
  for (let level = 0; level < levels; level++) {
    const numCodes = codesOf[level]!;
    const counts = new Float64Array(numCodes);
    for (let i = 0; i < n; i++) counts[codes[i * levels + level]!]! += 1;
    let entropy = 0;
    let used = 0;
    for (const count of counts) {
      if (count === 0) continue;
      used += 1;
      entropy -= (count / n) * Math.log(count / n);
    }
    usage.push(used / numCodes);
    perplexity.push(Math.exp(entropy));
  }
  return { usage, perplexity, collisionRate: collisionRate(codes, levels) };
}

/** All of it, of what encoding `vectors` gave. */
export function measureQuantisation(
  vectors: Float32Array,
  { codes, residuals, restored }: Encoded,
  codebooks: readonly { readonly rows: Float32Array; readonly counts: Float32Array }[],
): QuantisationMetrics {
  const levels = residuals.length;
  const n = codes.length / levels;
  const width = codebooks[0]!.rows.length / codebooks[0]!.counts.length;
  let error = 0;
  for (let at = 0; at < vectors.length; at++) error += (restored[at]! - vectors[at]!) ** 2;
  let distance = 0;
  residuals.forEach((residual, level) => {
    const { rows } = codebooks[level]!;
    for (let i = 0; i < n; i++)
      for (let k = 0; k < width; k++)
        distance += (rows[codes[i * levels + level]! * width + k]! - residual[i * width + k]!) ** 2;
  });
  const codesOf = codebooks.map(({ counts }) => counts.length);
  return {
    ...codeUsage(codes, levels, codesOf),
    reconstruction: error / vectors.length,
    commitment: distance / (n * width * levels),
  };
}
