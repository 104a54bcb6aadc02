import { mkdir, open, rename, rm, type FileHandle } from "node:fs/promises";
import { dirname, extname } from "node:path";
import type { RawTable } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { csvLines } from "../datasets/index.ts";
import { copyToParquet } from "../sources/index.ts";

/** A file of scores that is there whole or not at all. */
export interface ScoresFile {
  /** Tables of the same columns, one after another. */
  readonly write: (table: RawTable) => Promise<void>;
  /** Columns that hold numbers, with the type that they have in Parquet; all others hold text. */
  readonly finish: (numbers: Readonly<Record<string, "DOUBLE" | "INTEGER">>) => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** Opens a neighbour of the file, which takes its place at the end. */
export function openScores(path: string): ScoresFile {
  const kind = extname(path).toLowerCase();
  if (kind !== ".csv" && kind !== ".parquet")
    throw new AtollError(
      "DATA_FORMAT",
      `scores are written as CSV or Parquet, by the ending of the file; ${path} ends in ${kind === "" ? "none" : `"${kind}"`}; name it .csv or .parquet`,
    );
  const lines = `${path}.part`;
  let file: FileHandle | undefined;
  let header = true;
  return {
    write: async (table) => {
      // Not before there is something to write.
      if (file === undefined) await mkdir(dirname(path), { recursive: true });
      file ??= await open(lines, "w");
      const rows = Array.from({ length: table.numRows }, (_, row) => row);
      for (const piece of csvLines(table, rows, { header })) await file.writeFile(piece);
      header = false;
    },
    finish: async (numbers) => {
      await file?.sync();
      await file?.close();
      if (kind === ".csv") await rename(lines, path);
      else {
        await copyToParquet(lines, `${path}.tmp`, numbers);
        await rename(`${path}.tmp`, path);
        await rm(lines, { force: true });
      }
    },
    discard: async () => {
      await file?.close().catch(() => {});
      await rm(lines, { force: true });
      await rm(`${path}.tmp`, { force: true });
    },
  };
}
