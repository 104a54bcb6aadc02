import { ratioOfSums } from "./ratio.ts";
import type { Gain, Measured, MetricDefinition, Scored, Ties } from "./types.ts";

/** How each list's positive stands among its candidates. */
export interface Ranks {
  readonly numLists: number;
  /** [lists]: whose list it is, 0..numUsers-1. */
  readonly user: Int32Array;
  /** [lists]: candidates that outscore the positive, and those that score the same. */
  readonly above: Int32Array;
  readonly equal: Int32Array;
  readonly numUsers: number;
}

/** The ranks of lists whose rows are adjacent, the positive first; undefined where the rows are no lists. */
export function ranksOf({ examples, scores, numUsers }: Scored): Ranks | undefined {
  const { label, list, numRows, user } = examples;
  if (list === undefined) return undefined;
  let numLists = 0;
  for (let row = 0; row < numRows; row++)
    if (row === 0 || list[row] !== list[row - 1]) numLists += 1;
  const ranks = emptyRanks(numLists, numUsers);
  let previous = -1;
  for (let start = 0, l = 0; start < numRows; l++) {
    const current = list[start]!;
    if (current <= previous) throw new RangeError(`the rows of list ${current} are not adjacent`);
    const positive = scores[start]!;
    let above = 0;
    let equal = 0;
    let labels = label[start]!;
    let row = start + 1;
    for (; row < numRows && list[row] === current; row++) {
      labels += 2 * label[row]!;
      if (scores[row]! > positive) above++;
      else if (scores[row] === positive) equal++;
    }
    if (labels !== 1)
      throw new RangeError(`list ${current} is not one positive and then negatives`);
    ranks.user[l] = user[start]!;
    ranks.above[l] = above;
    ranks.equal[l] = equal;
    previous = current;
    start = row;
  }
  return ranks;
}

export function emptyRanks(numLists: number, numUsers: number): Ranks {
  const zeros = () => new Int32Array(numLists);
  return { numLists, user: zeros(), above: zeros(), equal: zeros(), numUsers };
}

/**
 * The mean over lists of the gain of each list's positive. Its rank is 1 + the candidates that outscore
 * it, plus those with an equal score: all of them (pessimistic), none (optimistic), or every number of
 * them equally likely (expected: the mean gain over random order, not the gain at the mean rank).
 */
export function meanGain(
  { numLists, user, above, equal, numUsers }: Ranks,
  gain: Gain,
  { k, ties }: { readonly k: number; readonly ties: Ties },
): Measured {
  const gains = new Float64Array(numUsers);
  const lists = new Float64Array(numUsers);
  const present = new Uint8Array(numUsers);
  for (let l = 0; l < numLists; l++) {
    const owner = user[l]!;
    gains[owner]! += gainOf(gain, k, above[l]!, equal[l]!, ties);
    lists[owner]! += 1;
    present[owner] = 1;
  }
  return ratioOfSums(gains, lists, present);
}

function gainOf(gain: Gain, k: number, above: number, equal: number, ties: Ties): number {
  if (ties === "pessimistic") return gain(1 + above + equal, k);
  if (ties === "optimistic") return gain(1 + above, k);
  let sum = 0;
  for (let ahead = 0; ahead <= equal; ahead++) sum += gain(1 + above + ahead, k);
  return sum / (equal + 1);
}

function rankingMetric(label: string, summary: string, gain: Gain): MetricDefinition {
  return {
    label,
    summary,
    higherIsBetter: true,
    needs: "lists",
    probabilities: false,
    cutoff: true,
    gain,
    measure: (scored, options) => {
      const ranks = ranksOf(scored);
      return ranks === undefined
        ? { kind: "undefined", reason: "the rows are no ranked lists" }
        : meanGain(ranks, gain, options);
    },
  };
}

export const hr = rankingMetric(
  "HR",
  "Share of lists whose positive has rank at most k.",
  (rank, k) => (rank <= k ? 1 : 0),
);

export const ndcg = rankingMetric(
  "NDCG",
  "Mean of 1 / log2(rank + 1) of the list's positive, 0 beyond k.",
  (rank, k) => (rank <= k ? 1 / Math.log2(rank + 1) : 0),
);

export const mrr = rankingMetric(
  "MRR",
  "Mean of 1 / rank of the list's positive, 0 beyond k.",
  (rank, k) => (rank <= k ? 1 / rank : 0),
);
