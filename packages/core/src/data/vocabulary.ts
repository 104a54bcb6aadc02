import { AtollError } from "../errors/index.ts";
import type { SplitClient } from "./prepare-types.ts";
import { FIRST_VALUE_ROW, OUT_OF_VOCABULARY_ROW } from "./schema.ts";

/** How a value is listed: values that are each client's own are kept apart when pooled. */
function keyOf(client: string, value: string, apart: boolean): string {
  return apart ? JSON.stringify([client, value]) : value;
}

/** The text of a categorical feature, by row. */
export function textOf(split: SplitClient, feature: string) {
  const column = split.categorical.find(({ name }) => name === feature)?.column;
  if (column?.kind !== "text")
    throw new AtollError(
      "DATA_MISSING_COLUMN",
      `client "${split.client}": no categorical feature "${feature}"; there are: ${split.categorical.map(({ name }) => name).join(", ")}`,
    );
  return column;
}

/**
 * Values that at least `minCount` training rows of the given clients hold, the most frequent first, equal
 * counts in the order of their code units. Missing values are none. `apart` counts equal values of
 * different clients as different, and lists each as the JSON text of [client, value].
 */
export function fitVocabulary(
  splits: readonly SplitClient[],
  feature: string,
  minCount: number,
  apart = false,
): string[] {
  const counts = new Map<string, number>();
  for (const split of splits) {
    const { codes, values } = textOf(split, feature);
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
  {
    rowOfValue,
    apart,
  }: { readonly rowOfValue: ReadonlyMap<string, number>; readonly apart: boolean },
): Int32Array {
  return Int32Array.from(
    textOf(split, feature).values,
    (value) => rowOfValue.get(keyOf(split.client, value, apart)) ?? OUT_OF_VOCABULARY_ROW,
  );
}

export function rowOfValues(vocabulary: readonly string[]): Map<string, number> {
  return new Map(vocabulary.map((value, i) => [value, FIRST_VALUE_ROW + i]));
}
