import type { EncodedClient } from "./encoded-client.ts";
import type { EvaluationExamples, EvaluationPart, HeldOutRows } from "./examples.ts";
import { oracleAt } from "./oracle.ts";
import type { Candidates } from "./prepare-types.ts";
import { examplesAt } from "./training-examples.ts";
import { trueScore } from "./true-affinity.ts";

/** A client's held-out rows: labelled ones as they are, positives with the candidates they compete with. */
export function evaluationPart(own: EncodedClient): EvaluationPart {
  const { client, numUsers, valid, test, sampling } = own.split;
  const rowsOf = (rows: Int32Array, candidates: Candidates | undefined) =>
    candidates ? rankedLists(own, rows, candidates) : labelled(own, rows);
  return {
    client,
    numUsers,
    valid: rowsOf(valid, sampling?.validCandidates),
    test: rowsOf(test, sampling?.testCandidates),
  };
}

/** Held-out rows that are examples already. */
export function heldOut(examples: EvaluationExamples): HeldOutRows {
  return { numRows: examples.numRows, examples: () => examples };
}

function labelled(own: EncodedClient, rows: Int32Array): HeldOutRows {
  const { oracle, tasks } = own.split;
  return heldOut({
    ...examplesAt(own, rows),
    ...(oracle && { oracle: oracleAt(oracle, rows, tasks.length) }),
  });
}

/** The probability of each row to be its list's positive: the softmax of scores within lists. */
function chances(scores: Float64Array, list: Int32Array): Float64Array {
  const numLists = (list.at(-1) ?? -1) + 1;
  const largest = new Float64Array(numLists).fill(-Infinity);
  scores.forEach((score, i) => (largest[list[i]!] = Math.max(largest[list[i]!]!, score)));
  const weights = scores.map((score, i) => Math.exp(score - largest[list[i]!]!));
  const total = new Float64Array(numLists);
  weights.forEach((weight, i) => (total[list[i]!]! += weight));
  return weights.map((weight, i) => weight / total[list[i]!]!);
}

/**
 * One list per held-out positive, the positive first. Its candidates bring their own item features and
 * take all others from the positive's row: what differs between the rows of a list is the item.
 */
function rankedLists(
  own: EncodedClient,
  positives: Int32Array,
  candidates: Candidates,
): HeldOutRows {
  const listStarts = candidates.offsets.map((offset, list) => offset + list);
  const every = Int32Array.from(positives, (_, list) => list);
  return {
    numRows: listStarts.at(-1)!,
    listStarts,
    examples: (lists = every) => examplesOf(own, lists, { positives, candidates, listStarts }),
  };
}

function examplesOf(
  { split, rows: encoded, offset }: EncodedClient,
  lists: Int32Array,
  {
    positives,
    candidates: { offsets, items },
    listStarts,
  }: {
    readonly positives: Int32Array;
    readonly candidates: Candidates;
    readonly listStarts: Int32Array;
  },
): EvaluationExamples {
  const { user, sampling, affinity } = split;
  const numRows = lists.reduce((sum, l) => sum + listStarts[l + 1]! - listStarts[l]!, 0);
  const list = new Int32Array(numRows);
  const rows = new Int32Array(numRows);
  const itemRows = new Int32Array(numRows);
  const label = new Float32Array(numRows);
  const userOfRow = new Int32Array(numRows);
  let at = 0;
  lists.forEach((l, number) => {
    const positive = positives[l]!;
    const end = at + listStarts[l + 1]! - listStarts[l]!;
    list.fill(number, at, end);
    rows.fill(positive + offset, at, end);
    userOfRow.fill(user[positive]!, at, end);
    label[at] = 1;
    itemRows[at++] = positive + offset;
    for (let c = offsets[l]!; at < end; c++)
      itemRows[at++] = sampling!.rowOfItem[items[c]!]! + offset;
  });
  return {
    numRows,
    rows: encoded,
    at: rows,
    itemAt: itemRows,
    label,
    user: userOfRow,
    list,
    ...(affinity && {
      oracle: chances(
        Float64Array.from(rows, (row, i) =>
          trueScore(affinity, user[row - offset]!, sampling!.item[itemRows[i]! - offset]!),
        ),
        list,
      ),
    }),
  };
}
