import { hashOf, type SplitClient } from "../../../data/index.ts";
import { AtollError } from "../../../errors/index.ts";

/**
 * The text of each item, "" where it has none: what its first training row with a text holds. Raw values
 * of pooled clients are the JSON text of [client, value], as `encode` lists them.
 */
export function itemTexts(
  splits: readonly SplitClient[],
  feature: string,
  itemValues: readonly string[],
): string[] {
  const textOf = new Map<string, string>();
  for (const split of splits) {
    const column = (name: string) => {
      const found = split.categorical.find((entry) => entry.name === name)?.column;
      return found?.kind === "text" ? found : undefined;
    };
    const [item, text] = [column("item"), column(feature)];
    if (item === undefined || text === undefined || split.stored !== undefined)
      throw new AtollError(
        "DATA_MISSING_COLUMN",
        `client "${split.client}": alignment.text reads the item feature "${feature}"${split.stored ? " from rows in memory, but they lie on disk; leave alignment.text out" : `, but there is no such text; there are: ${split.categorical.map(({ name }) => name).join(", ")}`}`,
      );
    for (const row of split.train) {
      const [i, t] = [item.codes[row]!, text.codes[row]!];
      if (i < 0 || t < 0) continue;
      for (const key of [item.values[i]!, JSON.stringify([split.client, item.values[i]!])])
        if (!textOf.has(key)) textOf.set(key, text.values[t]!);
    }
  }
  return itemValues.map((value) => textOf.get(value) ?? "");
}

/** The feature whose text tells people most about an item: the first beside its id. */
export function describingFeature(splits: readonly SplitClient[]): string | undefined {
  const [first] = splits;
  if (first === undefined || first.stored !== undefined) return undefined;
  return first.categorical.find(
    ({ name, of, column }) => of === "item" && name !== "item" && column.kind === "text",
  )?.name;
}

/** Letters and digits of any script, in lower case. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
}

/**
 * Signed feature hashing (Weinberger et al. 2009) with a public hash, the same in every market: word w
 * adds +1 or -1 to one of `width` numbers; then the vector is brought to length 1. Writes to `into`.
 */
export function writeHashedWords(text: string, into: Float64Array): void {
  into.fill(0);
  for (const word of new Set(wordsOf(text))) {
    const hash = hashOf(word, 2 * into.length);
    into[hash >>> 1]! += hash % 2 === 0 ? 1 : -1;
  }
  const norm = Math.hypot(...into);
  if (norm > 0) for (let k = 0; k < into.length; k++) into[k]! /= norm;
}
