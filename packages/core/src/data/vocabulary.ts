import { AtollError } from "../errors/index.ts";
import { keptValues } from "./features/lists.ts";
import type { RoleColumn, SplitClient } from "./prepare-types.ts";
import { FIRST_VALUE_ROW } from "./schema.ts";
import type { RawColumn } from "./table.ts";

type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** How a value is listed: values that are each client's own are kept apart when pooled. */
export function keyOf(client: string, value: string, apart: boolean): string {
  return apart ? JSON.stringify([client, value]) : value;
}

/** A feature with values in text. */
export function textFeatureOf(
  split: Pick<SplitClient, "client" | "categorical">,
  feature: string,
): { readonly column: TextColumn; readonly rule: RoleColumn["rule"] } {
  const found = split.categorical.find(({ name }) => name === feature);
  if (found?.column.kind !== "text")
    throw new AtollError(
      "DATA_MISSING_COLUMN",
      `client "${split.client}": no categorical feature "${feature}"; there are: ${split.categorical.map(({ name }) => name).join(", ")}`,
    );
  return { column: found.column, rule: found.rule };
}

/** The values that a dictionary entry stands for: itself, or those of a list. */
export function valuesOfEntry(text: string, rule: RoleColumn["rule"]): readonly string[] {
  return rule.kind === "list" ? keptValues(text, rule) : [text];
}

/**
 * Values that at least `minCount` training rows of the given clients hold (of lists: that they hold so
 * often), the most frequent first, equal counts in the order of their code units. Missing values are
 * none. `apart` counts equal values of different clients as different, and lists each as the JSON text of
 * [client, value].
 */
export function fitVocabulary(
  splits: readonly SplitClient[],
  feature: string,
  minCount: number,
  apart = false,
): string[] {
  const rules = splits.map((split) => textFeatureOf(split, feature));
  const counter = valueCounter(rules[0]!.rule, apart);
  splits.forEach((split, s) => counter.add(rules[s]!.column, split.train, split.client));
  return rankValues(counter.counts(), minCount);
}

/** In how many training rows a value must be: as the feature's own rule says, or else as given for all. */
export function leastCount(rule: RoleColumn["rule"], forAll: number): number {
  return "minCount" in rule ? (rule.minCount ?? forAll) : forAll;
}

/** Counts the values of rows as they come. */
export interface ValueCounter {
  readonly add: (column: TextColumn, rows: Int32Array, client: string) => void;
  /** How often each value was held. */
  readonly counts: () => ReadonlyMap<string, number>;
}

export function valueCounter(rule: RoleColumn["rule"], apart: boolean): ValueCounter {
  const counts = new Map<string, number>();
  // Codes are counted as long as the dictionary stays the same, and spelled out when it changes.
  let current: { values: readonly string[]; client: string; countOfCode: Int32Array } | undefined;
  const spellOut = () => {
    if (current === undefined) return;
    const { values, client, countOfCode } = current;
    for (let code = 0; code < countOfCode.length; code++) {
      if (countOfCode[code] === 0) continue;
      for (const value of valuesOfEntry(values[code]!, rule)) {
        const key = keyOf(client, value, apart);
        counts.set(key, (counts.get(key) ?? 0) + countOfCode[code]!);
      }
    }
    current = undefined;
  };
  return {
    add: ({ codes, values }, rows, client) => {
      if (current?.values !== values || current.client !== client) {
        spellOut();
        current = { values, client, countOfCode: new Int32Array(values.length) };
      }
      const { countOfCode } = current;
      for (let i = 0; i < rows.length; i++) {
        const code = codes[rows[i]!]!;
        if (code >= 0) countOfCode[code]! += 1;
      }
    },
    counts: () => {
      spellOut();
      return counts;
    },
  };
}

/** Values counted at least `minCount` times, the most frequent first, equal counts in code unit order. */
export function rankValues(counts: ReadonlyMap<string, number>, minCount: number): string[] {
  return [...counts]
    .filter(([, count]) => count >= minCount)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([value]) => value);
}

export function rowOfValues(vocabulary: readonly string[]): Map<string, number> {
  return new Map(vocabulary.map((value, i) => [value, FIRST_VALUE_ROW + i]));
}
