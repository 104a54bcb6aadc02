import type { EncodedClient } from "./encoded-client.ts";
import type { EvaluationExamples, EvaluationPart } from "./examples.ts";
import { oracleAt } from "./oracle.ts";
import type { Candidates } from "./prepare-types.ts";
import { examplesAt } from "./training-examples.ts";
import { trueScore } from "./true-affinity.ts";

/** A client's held-out rows: labelled ones as they are, positives with the candidates they compete with. */
export function evaluationPart(own: EncodedClient): EvaluationPart {
  const { client, numUsers, valid, test, sampling } = own.split;
  return {
    client,
    numUsers,
    valid: sampling ? rankedLists(own, valid, sampling.validCandidates) : labelled(own, valid),
    test: sampling ? rankedLists(own, test, sampling.testCandidates) : labelled(own, test),
  };
}

function labelled(own: EncodedClient, rows: Int32Array): EvaluationExamples {
  const { oracle, tasks } = own.split;
  return {
    ...examplesAt(own, rows),
    ...(oracle && { oracle: oracleAt(oracle, rows, tasks.length) }),
  };
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
  { split, rows: encoded, offset }: EncodedClient,
  positives: Int32Array,
  { offsets, items }: Candidates,
): EvaluationExamples {
  const { user, sampling, affinity } = split;
  const numRows = positives.length + items.length;
  const list = new Int32Array(numRows);
  const rows = new Int32Array(numRows);
  const itemRows = new Int32Array(numRows);
  const label = new Float32Array(numRows);
  let at = 0;
  for (let l = 0; l < positives.length; l++) {
    const positive = positives[l]!;
    const end = at + 1 + offsets[l + 1]! - offsets[l]!;
    list.fill(l, at, end);
    rows.fill(positive, at, end);
    label[at] = 1;
    itemRows[at++] = positive;
    for (let c = offsets[l]!; at < end; c++) itemRows[at++] = sampling!.rowOfItem[items[c]!]!;
  }
  return {
    numRows,
    rows: encoded,
    at: offset === 0 ? rows : rows.map((row) => row + offset),
    itemAt: offset === 0 ? itemRows : itemRows.map((row) => row + offset),
    label,
    user: rows.map((row) => user[row]!),
    list,
    ...(affinity && {
      oracle: chances(
        Float64Array.from(rows, (row, i) =>
          trueScore(affinity, user[row]!, sampling!.item[itemRows[i]!]!),
        ),
        list,
      ),
    }),
  };
}
