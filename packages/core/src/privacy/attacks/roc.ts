/** Scores of an attack, higher for what looks as if it had been trained on. */
export interface AttackScores {
  readonly members: Float64Array;
  readonly nonMembers: Float64Array;
}

/** The ways to cut scores in two: point i calls members all that score `threshold[i]` or more. */
export interface Roc {
  /** Falling; the first is Infinity, where nothing is called a member. */
  readonly threshold: Float64Array;
  readonly fpr: Float64Array;
  readonly tpr: Float64Array;
}

export function rocOf({ members, nonMembers }: AttackScores): Roc {
  const inside = members.toSorted();
  const outside = nonMembers.toSorted();
  const threshold = [Infinity];
  const fpr = [0];
  const tpr = [0];
  let i = inside.length;
  let o = outside.length;
  while (i > 0 || o > 0) {
    const cut = Math.max(inside[i - 1] ?? -Infinity, outside[o - 1] ?? -Infinity);
    while (i > 0 && inside[i - 1]! >= cut) i--;
    while (o > 0 && outside[o - 1]! >= cut) o--;
    threshold.push(cut);
    fpr.push((outside.length - o) / outside.length);
    tpr.push((inside.length - i) / inside.length);
  }
  return {
    threshold: Float64Array.from(threshold),
    fpr: Float64Array.from(fpr),
    tpr: Float64Array.from(tpr),
  };
}

/** The last point whose false positives are at most the given share: as many true ones as that allows. */
export function pointAt({ fpr }: Roc, most: number): number {
  let point = 0;
  while (point + 1 < fpr.length && fpr[point + 1]! <= most) point++;
  return point;
}

/** The normal quantile that leaves 2.5 % on either side. */
const TWO_SIDED = 1.959963984540054;

/** A number with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The chance that a member scores higher than a non-member, ties counting half, with the interval of DeLong,
 * DeLong and Clarke-Pearson (1988): the variances of the placements of either group, over their numbers.
 */
export function aucOf({ members, nonMembers }: AttackScores): Estimate {
  const ofMembers = placements(members, nonMembers);
  const ofNonMembers = placements(nonMembers, members);
  const value = meanOf(ofMembers);
  const variance =
    varianceOf(ofMembers) / members.length + varianceOf(ofNonMembers) / nonMembers.length;
  const reach = TWO_SIDED * Math.sqrt(variance);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** For each score, the share of the others below it, equal ones counting half. */
function placements(scores: Float64Array, others: Float64Array): Float64Array {
  const sorted = others.toSorted();
  return scores.map(
    (score) => (rank(sorted, score, false) + rank(sorted, score, true)) / (2 * sorted.length),
  );
}

/** How many of the sorted values are below the score; with `equal`, not above it. */
function rank(sorted: Float64Array, score: number, equal: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const before = equal ? sorted[middle]! <= score : sorted[middle]! < score;
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function varianceOf(values: Float64Array): number {
  if (values.length < 2) return 0;
  const mean = meanOf(values);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return squares / (values.length - 1);
}
