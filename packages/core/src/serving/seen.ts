import {
  PADDING_ROW,
  columnsOf,
  type EncodedColumns,
  type Encoder,
  type RawFeatures,
} from "../data/index.ts";
import { OUT_OF_VOCABULARY_ROW } from "../data/schema.ts";

/** How many values of a feature the model has never seen in training, or not often enough. */
export interface Seen {
  readonly feature: string;
  /** Values that are there. */
  values: number;
  /** Of these, out of vocabulary. */
  unknown: number;
  /** Rows without a value. */
  missing: number;
}

/** Counts of every feature with a vocabulary, at first 0. */
export function seenOf(encoder: Encoder): Seen[] {
  return encoder.categorical
    .filter(({ name, rule }) => isCounted(encoder, name, rule))
    .map(({ name }) => ({ feature: name, values: 0, unknown: 0, missing: 0 }));
}

function isCounted(
  { vocabularies }: Encoder,
  name: string,
  rule: Encoder["categorical"][number]["rule"],
): boolean {
  const table = rule.kind === "list" ? (rule.like ?? name) : name;
  return rule.kind !== "quantiles" && vocabularies[table] !== undefined;
}

/** Adds the counts of encoded rows. */
export function countSeen(
  seen: readonly Seen[],
  encoder: Encoder,
  raw: RawFeatures,
  { numRows, width, categorical }: EncodedColumns,
): void {
  const starts = columnsOf(encoder.schema);
  for (const counts of seen) {
    const f = encoder.schema.categorical.findIndex(({ name }) => name === counts.feature);
    const { column } = raw.categorical.find(({ name }) => name === counts.feature)!;
    if (column.kind !== "text") continue;
    const length = encoder.schema.categorical[f]!.length ?? 1;
    for (let row = 0; row < numRows; row++) {
      if (column.codes[row]! < 0) {
        counts.missing += 1;
        continue;
      }
      for (let i = 0; i < length; i++) {
        const value = categorical[row * width + starts[f]! + i]!;
        if (value === PADDING_ROW) continue;
        counts.values += 1;
        if (value === OUT_OF_VOCABULARY_ROW) counts.unknown += 1;
      }
    }
  }
}
