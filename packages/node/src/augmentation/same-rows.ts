import type { RawColumn, SplitClient } from "@atoll/core/data";

type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/**
 * Whether two splits of the same clients show an augmentation the same: who had what and when, what is text, and
 * which rows are for training, validation and test. Seeds that decide none of it need not be gone through again.
 */
export function sameRows(a: readonly SplitClient[], b: readonly SplitClient[]): boolean {
  return a === b || (a.length === b.length && a.every((split, i) => sameSplit(split, b[i]!)));
}

function sameSplit(a: SplitClient, b: SplitClient): boolean {
  if (a === b) return true;
  if (a.stored !== undefined || b.stored !== undefined) return false;
  return (
    a.client === b.client &&
    sameNumbers(a.train, b.train) &&
    sameNumbers(a.valid, b.valid) &&
    sameNumbers(a.test, b.test) &&
    sameNumbers(a.time, b.time) &&
    sameColumns(idsOf(a, "user"), idsOf(b, "user")) &&
    sameColumns(idsOf(a, "item"), idsOf(b, "item")) &&
    sameColumns(a.text, b.text)
  );
}

function idsOf(split: SplitClient, role: string): RawColumn | undefined {
  return split.categorical.find(({ name }) => name === role)?.column;
}

function sameColumns(a: RawColumn | undefined, b: RawColumn | undefined): boolean {
  if (a === b) return true;
  if (a?.kind !== "text" || b?.kind !== "text") return false;
  return sameNumbers(a.codes, b.codes) && sameTexts(a.values, b.values);
}

function sameTexts(a: TextColumn["values"], b: TextColumn["values"]): boolean {
  return a === b || (a.length === b.length && a.every((text, i) => text === b[i]));
}

function sameNumbers(
  a: Int32Array | Float64Array | undefined,
  b: Int32Array | Float64Array | undefined,
): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
