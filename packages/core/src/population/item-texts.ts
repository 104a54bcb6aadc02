import type { DomainRows } from "./domain.ts";
import { TRAIN } from "./types.ts";

/**
 * The text of each item, "" where it has none: that of its first training row with one, otherwise of its
 * first row. Undefined where no domain has a column of texts.
 */
export function itemTexts(
  domains: readonly DomainRows[],
  itemOfRow: readonly Int32Array[],
  numItems: number,
): readonly string[] | undefined {
  if (domains.every(({ text }) => text === undefined)) return undefined;
  const texts = Array<string>(numItems).fill("");
  domains.forEach(({ text, part, numRows }, d) => {
    if (text === undefined) return;
    for (const training of [true, false])
      for (let row = 0; row < numRows; row++) {
        const item = itemOfRow[d]![row]!;
        const code = text.codes[row]!;
        if (code >= 0 && texts[item] === "" && (part[row] === TRAIN) === training)
          texts[item] = text.values[code]!;
      }
  });
  return texts;
}
