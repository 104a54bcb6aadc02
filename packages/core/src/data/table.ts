/** A column as read: text dictionary-encoded, numbers as doubles. Missing is -1 and NaN. */
export type RawColumn =
  | { readonly kind: "text"; readonly codes: Int32Array; readonly values: readonly string[] }
  | { readonly kind: "number"; readonly values: Float64Array };

/** What a reader hands over: every column has `numRows` entries. Structured-cloneable. */
export interface RawTable {
  readonly numRows: number;
  readonly columns: Readonly<Record<string, RawColumn>>;
}
