import { shuffle, type RandomStream } from "../../random/index.ts";
import { clopperPearson } from "./binomial.ts";
import { aucOf, pointAt, rocOf, type AttackScores, type Estimate, type Roc } from "./roc.ts";
import { twoHypothesesBound, type Trials } from "./two-hypotheses.ts";

/** True positives where so many false ones are allowed. */
export interface RateAt extends Estimate {
  readonly fpr: number;
}

/** How well an attack tells rows that a model was trained on from others. */
export interface Membership {
  readonly members: number;
  readonly nonMembers: number;
  readonly auc: Estimate;
  /** The mean of the shares of members and of non-members that are told right, at the best threshold. */
  readonly accuracy: Estimate;
  /** True positives at 1 % and at 0.1 % false ones. */
  readonly tprAt: readonly RateAt[];
  /** A lower bound of epsilon, were rows drawn and judged one by one; see `membershipOf`. */
  readonly epsilon: number;
}

export interface MembershipOptions {
  readonly delta: number;
  /** Parts the rows into the half that a threshold is chosen on and the half that it is measured on. */
  readonly stream: RandomStream;
}

const CONFIDENCE = 0.95;

/**
 * What scores give away. Intervals are at 95 %: DeLong's for AUC, Clopper and Pearson's for shares. Accuracy and
 * epsilon choose their threshold on one half of the rows and measure it on the other. The bound of epsilon
 * takes rows for independent trials, which those of one model are not quite, and non-members for rows of the
 * same kind as members: it says how much an attack knows, and is no proof against a promise; that of canaries is.
 */
export function membershipOf(
  scores: AttackScores,
  { delta, stream }: MembershipOptions,
): Membership {
  const { members, nonMembers } = scores;
  if (members.length < 2 || nonMembers.length < 2)
    throw new RangeError(`${members.length} members and ${nonMembers.length} non-members`);
  const [chosenIn, measuredIn] = halves(members, stream);
  const [chosenOut, measuredOut] = halves(nonMembers, stream);
  const chosen = rocOf({ members: chosenIn, nonMembers: chosenOut });
  const trialsAt = (threshold: number, inside: Float64Array, outside: Float64Array): Trials => ({
    trialsIn: inside.length,
    saidInWhenIn: countAtLeast(inside, threshold),
    trialsOut: outside.length,
    saidInWhenOut: countAtLeast(outside, threshold),
  });
  const measured = (threshold: number) => trialsAt(threshold, measuredIn, measuredOut);
  const options = { delta, confidence: CONFIDENCE };
  const bound = best(spread(chosen), (point) =>
    twoHypothesesBound(trialsAt(chosen.threshold[point]!, chosenIn, chosenOut), options),
  );
  const middle = best([...chosen.fpr.keys()], (point) => chosen.tpr[point]! - chosen.fpr[point]!);
  const roc = rocOf(scores);
  return {
    members: members.length,
    nonMembers: nonMembers.length,
    auc: aucOf(scores),
    accuracy: balancedAccuracy(measured(chosen.threshold[middle]!)),
    tprAt: [0.01, 0.001].map((fpr) => {
      const value = roc.tpr[pointAt(roc, fpr)]!;
      const hits = Math.round(value * members.length);
      return { fpr, value, ...clopperPearson(hits, members.length, (1 - CONFIDENCE) / 2) };
    }),
    epsilon: twoHypothesesBound(measured(chosen.threshold[bound]!), options),
  };
}

function balancedAccuracy({ trialsIn, saidInWhenIn, trialsOut, saidInWhenOut }: Trials): Estimate {
  // Two intervals that hold together: each leaves half of what is left.
  const tail = (1 - CONFIDENCE) / 4;
  const tpr = clopperPearson(saidInWhenIn, trialsIn, tail);
  const fpr = clopperPearson(saidInWhenOut, trialsOut, tail);
  return {
    value: (saidInWhenIn / trialsIn + 1 - saidInWhenOut / trialsOut) / 2,
    low: (tpr.low + 1 - fpr.high) / 2,
    high: (tpr.high + 1 - fpr.low) / 2,
  };
}

function halves(values: Float64Array, stream: RandomStream): readonly [Float64Array, Float64Array] {
  const order = Int32Array.from(values, (_, i) => i);
  shuffle(stream, order);
  const half = values.length >>> 1;
  const at = (rows: Int32Array) => Float64Array.from(rows, (row) => values[row]!);
  return [at(order.subarray(0, half)), at(order.subarray(half))];
}

function countAtLeast(values: Float64Array, threshold: number): number {
  let count = 0;
  for (const value of values) if (value >= threshold) count += 1;
  return count;
}

function best(points: readonly number[], value: (point: number) => number): number {
  let [found, most] = [points[0]!, -Infinity];
  for (const point of points) {
    const own = value(point);
    if (own > most) [found, most] = [point, own];
  }
  return found;
}

/** Points that are apart in false positives, or in members that are missed, by a tenth of what these are. */
function spread({ fpr, tpr }: Roc): number[] {
  const points: number[] = [];
  let last = -1;
  for (let point = 0; point < fpr.length; point++) {
    const isApart =
      last < 0 || fpr[point]! > 1.1 * fpr[last]! || 1 - tpr[point]! < (1 - tpr[last]!) / 1.1;
    if (!isApart) continue;
    points.push(point);
    last = point;
  }
  return points;
}
