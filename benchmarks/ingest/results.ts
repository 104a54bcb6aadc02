/** One way of reading one file. */
export interface IngestRow {
  readonly numRows: number;
  readonly format: "parquet" | "csv";
  /** 26 texts alone, or the 13 numbers and the label too. */
  readonly columns: "text" | "all";
  readonly reader: string;
  /** Median of the repetitions, each in a process of its own. */
  readonly seconds: number;
  readonly peakMiB: number;
}

export interface IngestResults {
  readonly machine: string;
  readonly versions: string;
  readonly date: string;
  readonly rows: readonly IngestRow[];
}

/** Fresh rows take the place of old ones of the same size. */
export function merged(old: readonly IngestRow[], fresh: readonly IngestRow[]): IngestRow[] {
  const sizes = new Set(fresh.map(({ numRows }) => numRows));
  return [...old.filter(({ numRows }) => !sizes.has(numRows)), ...fresh].toSorted(
    (a, b) => a.numRows - b.numRows,
  );
}
