import { identifier, literal, openDatabase } from "./database.ts";

/** Writes a CSV file with a header as Parquet: the named columns as numbers, all others as text. */
export async function copyToParquet(
  from: string,
  to: string,
  numbers: Readonly<Record<string, "DOUBLE" | "INTEGER">>,
): Promise<void> {
  const database = await openDatabase();
  try {
    const replaced = Object.entries(numbers).map(
      ([name, type]) => `CAST(${identifier(name)} AS ${type}) AS ${identifier(name)}`,
    );
    await database.connection.run(
      `COPY (SELECT * REPLACE (${replaced.join(", ")}) FROM read_csv(${literal(from)}, header = true, delim = ',', quote = '"', escape = '"', all_varchar = true)) TO ${literal(to)} (FORMAT parquet)`,
    );
  } finally {
    database.close();
  }
}
