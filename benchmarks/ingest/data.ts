import { DuckDBInstance } from "@duckdb/node-api";

/** Like the rows of an advertiser's log: 26 categorical columns of text, 13 numbers and a click. */
export const categorical = Array.from({ length: 26 }, (_, i) => `c${i}`);
export const numeric = Array.from({ length: 13 }, (_, i) => `n${i}`);

/** From 10 to 100,000 values, column by column. */
function numValues(column: number): number {
  return Math.round(10 * 10_000 ** (column / (categorical.length - 1)));
}

/**
 * Writes rows made from their numbers alone. A column's values are skewed: the share of the most frequent
 * tenth is (1/10)^(1/3), 46 percent. Values are eight hexadecimal digits or fewer.
 */
export async function writeRows(numRows: number, path: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const uniform = (seed: number) => `((hash(i * 64 + ${seed}) % 1000003) / 1000003.0)`;
  const texts = categorical.map(
    (name, k) =>
      `to_hex(hash(CAST(floor(${numValues(k)} * pow(${uniform(k)}, 3)) AS INTEGER)) & 4294967295) AS ${name}`,
  );
  const numbers = numeric.map((name, k) => `floor(1000 * ${uniform(26 + k)}) / 10 AS ${name}`);
  const fields = [...texts, ...numbers, `CAST(${uniform(63)} < 0.25 AS INTEGER) AS label`];
  const format = path.endsWith(".parquet") ? "parquet" : "csv";
  await connection.run(
    `COPY (SELECT ${fields.join(", ")} FROM range(${numRows}) t(i)) TO '${path}' (FORMAT ${format})`,
  );
  connection.closeSync();
  instance.closeSync();
}
