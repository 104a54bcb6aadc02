import type { IngestResults, IngestRow } from "./results.ts";

function line({ numRows, format, columns, reader, seconds, peakMiB }: IngestRow): string {
  const cells = [
    `${(numRows / 1e6).toLocaleString("en-US")} M`,
    format === "csv" ? "CSV" : "Parquet",
    columns === "text" ? "26 texts" : "26 texts, 13 numbers, label",
    reader,
    `${(numRows / seconds / 1e6).toFixed(2)} M`,
    seconds.toFixed(2),
    Math.round(peakMiB).toLocaleString("en-US"),
  ];
  return `| ${cells.join(" | ")} |`;
}

/** docs/results/ingestion.md: the table, and how to read it. */
export function format({ machine, versions, date, rows }: IngestResults): string {
  return `# Reading data

Made by \`ATOLL_BENCH_PYTHON=<a Python with pandas, pyarrow, polars> npm run bench:ingest -- --rows N\` on ${date}: ${machine};
${versions}. The numbers are those of this one machine, and of whatever else ran on it.

Generated rows: 26 text columns of 10 to 100,000 skewed values, 13 numbers, a label. Every measurement is a process of its
own, the median of its repetitions, from opening the file to the whole table; the file lies in the page cache. Every reader
ends with a dictionary and codes for each text column. Memory is the most that the process ever held resident.

- **table**: \`readTable\`, from the file to a table in memory.
- **blocks**: \`streamTable\`, block by block, nothing kept.
- **stored**: \`cachedTable\` with an empty cache: hashing the file, reading it, writing columns to disk.
- **cached**: \`cachedTable\` that finds its table, loaded into memory.
- **batches**: with the label, from the file to split and encoded rows that went through in batches of 4,096.

| rows | file | columns | reader | rows/s | seconds | MiB |
| ---- | ---- | ------- | ------ | -----: | ------: | --: |
${rows.map(line).join("\n")}
`;
}
