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
  const kept = new Int32Array(numRows);
  let count = 0;
  for (let row = 0; row < numRows; row++) if (newList[list[row]!]! >= 0) kept[count++] = row;
  // There may be millions of rows, for which `from` takes ten times as long as a loop.
  const take = <T extends Int32Array | Float32Array>(values: T, taken: T): T => {
    for (let i = 0; i < count; i++) taken[i] = values[kept[i]!]!;
    return taken;
  };
  const integers = (values: Int32Array) => take(values, new Int32Array(count));
  return {
    numRows: count,
    rows: examples.rows,
    at: integers(examples.at),
    ...(examples.itemAt && { itemAt: integers(examples.itemAt) }),
    label: take(examples.label, new Float32Array(count)),
    user: integers(examples.user),
    list: integers(list).map((l) => newList[l]!),
  };
}
