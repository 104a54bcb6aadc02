import { ratioOfSums } from "./ratio.ts";
import type { Measured, MetricDefinition, Scored, Ties } from "./types.ts";

/** What a positive at rank r (from 1) is worth. */
type Gain = (rank: number, k: number) => number;

/**
 * The mean over lists of the gain of each list's positive. Its rank is 1 + the candidates that outscore
 * it, plus those with an equal score: all of them (pessimistic), none (optimistic), or every number of
 * them equally likely (expected: the mean gain over random order, not the gain at the mean rank).
 */
function measureGain(scored: Scored, gain: Gain, k: number, ties: Ties): Measured {
  const { examples, scores, numUsers } = scored;
  const { label, list, numRows, user } = examples;
  if (list === undefined) return { kind: "undefined", reason: "the rows are no ranked lists" };
  const gains = new Float64Array(numUsers);
  const lists = new Float64Array(numUsers);
  const present = new Uint8Array(numUsers);
  let previous = -1;
  for (let start = 0; start < numRows;) {
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
    const owner = user[start]!;
    gains[owner]! += gainOf(gain, k, above, equal, ties);
    lists[owner]! += 1;
    present[owner] = 1;
    previous = current;
    start = row;
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
    measure: (scored, { k, ties }) => measureGain(scored, gain, k, ties),
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
