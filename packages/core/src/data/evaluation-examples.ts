import { featuresAt, type Encoder } from "./encoder.ts";
import type { EvaluationExamples, EvaluationPart } from "./examples.ts";
import type { Candidates } from "./prepare-types.ts";
import { examplesAt } from "./training-examples.ts";

/** A client's held-out rows: labelled ones as they are, positives with the candidates they compete with. */
export function evaluationPart(encoder: Encoder): EvaluationPart {
  const { client, numUsers, valid, test, sampling } = encoder.split;
  return {
    client,
    numUsers,
    valid: sampling
      ? rankedLists(encoder, valid, sampling.validCandidates)
      : labelled(encoder, valid),
    test: sampling ? rankedLists(encoder, test, sampling.testCandidates) : labelled(encoder, test),
  };
}

function labelled(encoder: Encoder, rows: Int32Array): EvaluationExamples {
  const { oracle } = encoder.split;
  return {
    ...examplesAt(encoder, rows),
    ...(oracle && { oracle: Float64Array.from(rows, (row) => oracle[row]!) }),
  };
}

/**
 * One list per held-out positive, the positive first. Its candidates bring their own item features and
 * take all others from the positive's row: what differs between the rows of a list is the item.
 */
function rankedLists(
  encoder: Encoder,
  positives: Int32Array,
  { offsets, items }: Candidates,
): EvaluationExamples {
  const { user, sampling } = encoder.split;
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
    ...featuresAt(encoder, rows, itemRows),
    label,
    user: rows.map((row) => user[row]!),
    list,
  };
}
