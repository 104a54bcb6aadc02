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
  const take = <T extends Int32Array | Float32Array>(values: T): T => {
    const width = values.length / numRows;
    const out = new (values.constructor as new (length: number) => T)(rows.length * width);
    rows.forEach((row, i) => out.set(values.subarray(row * width, (row + 1) * width), i * width));
    return out;
  };
  return {
    numRows: rows.length,
    categorical: take(examples.categorical),
    numeric: take(examples.numeric),
    label: take(examples.label),
    user: take(examples.user),
    list: Int32Array.from(rows, (row) => newList[list[row]!]!),
  };
}
