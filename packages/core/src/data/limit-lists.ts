import type { EvaluationExamples } from "./examples.ts";

/**
 * At most `maxLists` of the ranked lists, evenly spaced, so the same ones every time; examples without
 * lists are returned whole.
 */
export function limitLists(examples: EvaluationExamples, maxLists: number): EvaluationExamples {
  const { list, numRows } = examples;
  if (list === undefined || numRows === 0) return examples;
  const numLists = list[numRows - 1]! + 1;
  if (numLists <= maxLists) return examples;
  const newList = new Int32Array(numLists).fill(-1);
  for (let l = 0; l < maxLists; l++) newList[Math.floor((l * numLists) / maxLists)] = l;
  const rows: number[] = [];
  for (let row = 0; row < numRows; row++) if (newList[list[row]!]! >= 0) rows.push(row);
  const take = (values: Int32Array) => Int32Array.from(rows, (row) => values[row]!);
  return {
    numRows: rows.length,
    rows: examples.rows,
    at: take(examples.at),
    ...(examples.itemAt && { itemAt: take(examples.itemAt) }),
    label: Float32Array.from(rows, (row) => examples.label[row]!),
    user: take(examples.user),
    list: Int32Array.from(rows, (row) => newList[list[row]!]!),
  };
}
