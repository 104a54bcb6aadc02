import { columnsOf, lengthOf, vocabularyOf, type TrainingData } from "../../data/index.ts";

/**
 * [numRows]: how many training rows hold each value of a feature, in the feature itself or in a list that reads
 * its table; a row counts once for a value, however often it holds it. Padding is nobody's. A history
 * counts nothing: its items are those of the client's other rows.
 */
export function usesOf({ train, schema }: TrainingData, feature: string): Int32Array {
  const { categorical } = schema;
  const { numRows } = categorical.find(({ name }) => name === feature)!;
  const { numRows: numExamples, rows, at, itemAt = at } = train;
  const stored = rows.width ?? (rows.numRows === 0 ? 0 : rows.categorical.length / rows.numRows);
  const starts = columnsOf(schema);
  const readers = categorical.flatMap((own, f) => {
    // What a history holds is not stored row by row.
    const isStored = starts[f]! + lengthOf(own) <= stored;
    if (!isStored || vocabularyOf(own) !== feature) return [];
    return [{ start: starts[f]!, length: lengthOf(own), from: own.of === "item" ? itemAt : at }];
  });
  const { seek = (row: number) => row } = rows;
  const uses = new Int32Array(numRows);
  /** The last example, counted from 1, that held each value. */
  const lastHeld = new Int32Array(numRows);
  for (let i = 0; i < numExamples; i++)
    for (const { start, length, from } of readers) {
      const first = seek(from[i]!) * stored + start;
      for (let entry = first; entry < first + length; entry++) {
        const value = rows.categorical[entry]!;
        if (lastHeld[value] === i + 1) continue;
        lastHeld[value] = i + 1;
        uses[value]! += 1;
      }
    }
  uses[0] = 0;
  return uses;
}
