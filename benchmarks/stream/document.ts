export interface StreamRow {
  readonly numRows: number;
  readonly model: string;
  readonly fileMiB: number;
  readonly storedMiB: number;
  readonly readSeconds: number;
  /** Splitting, fitting the encoder, one pass over the training rows, scoring. */
  readonly trainSeconds: number;
  readonly peakMiB: number;
}

export interface StreamResults {
  readonly machine: string;
  readonly date: string;
  readonly rows: readonly StreamRow[];
}

/** docs/results/streaming.md: the table, and how to read it. */
export function format({ machine, date, rows }: StreamResults): string {
  const whole = (value: number) => Math.round(value).toLocaleString("en-US");
  const lines = rows.map(
    ({ numRows, model, fileMiB, storedMiB, readSeconds, trainSeconds, peakMiB }) =>
      `| ${[
        `${numRows / 1e6} M`,
        model,
        whole(fileMiB),
        whole(storedMiB),
        whole(readSeconds),
        whole(trainSeconds),
        `${((numRows / trainSeconds) * 1e-6).toFixed(2)} M`,
        whole(peakMiB),
      ].join(" | ")} |`,
  );
  return `# Training on rows that do not fit into memory

Made by \`npm run bench:stream -- --rows N\` on ${date}: ${machine}. The numbers are those of this one machine, and of whatever else
ran on it.

Generated rows of 26 text columns with 10 to 100,000 skewed values, 13 numbers and a label in one Parquet file, through
\`atoll run\` with \`data.storage: disk\`: reading it into the cache, splitting it at random, fitting vocabularies and scales to
its training rows, one pass over them in shuffled pools of 131,072 rows, scoring. Training has one thread. Memory is the most
that the process ever held resident.

| rows | model | file, MiB | cache, MiB | reading, s | training, s | rows/s | memory, MiB |
| ---: | ----- | --------: | ---------: | ---------: | ----------: | -----: | ----------: |
${lines.join("\n")}
`;
}
