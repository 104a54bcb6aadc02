import { AtollError } from "../errors/index.ts";
import type { SplitClient } from "./prepare-types.ts";
import { FIRST_VALUE_ROW, OUT_OF_VOCABULARY_ROW } from "./schema.ts";

/** The namespace of a feature's values: ids that are each client's own are kept apart when pooled. */
export function keyOf(client: string, value: string, apart: boolean): string {
  return apart ? JSON.stringify([client, value]) : value;
}

function textColumn(split: SplitClient, feature: string) {
  const column = split.categorical.find(({ name }) => name === feature)?.column;
  if (column?.kind !== "text")
    throw new AtollError(
      "DATA_MISSING_COLUMN",
      `client "${split.client}": no categorical feature "${feature}"; there are: ${split.categorical.map(({ name }) => name).join(", ")}`,
    );
  return column;
}

/**
 * Values that at least `minCount` training rows hold, the most frequent first, equal counts in the order
 * of their code units. `apart` keeps equal values of different clients apart.
 */
export function fitVocabulary(
  splits: readonly SplitClient[],
  feature: string,
  minCount: number,
  apart = false,
): string[] {
  const counts = new Map<string, number>();
  for (const split of splits) {
    const { codes, values } = textColumn(split, feature);
    const countOfCode = new Int32Array(values.length);
    for (const row of split.train) if (codes[row]! >= 0) countOfCode[codes[row]!]! += 1;
    countOfCode.forEach((count, code) => {
      if (count === 0) return;
      const key = keyOf(split.client, values[code]!, apart);
      counts.set(key, (counts.get(key) ?? 0) + count);
    });
  }
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([value]) => value);
}

/** Table row of every dictionary code of a split's column; unseen values go to out of vocabulary. */
export function rowsOfCodes(
  split: SplitClient,
  feature: string,
  rowOfValue: ReadonlyMap<string, number>,
  apart: boolean,
): Int32Array {
  return Int32Array.from(
    textColumn(split, feature).values,
    (value) => rowOfValue.get(keyOf(split.client, value, apart)) ?? OUT_OF_VOCABULARY_ROW,
  );
}

export function rowOfValues(vocabulary: readonly string[]): Map<string, number> {
  return new Map(vocabulary.map((value, i) => [value, FIRST_VALUE_ROW + i]));
}
