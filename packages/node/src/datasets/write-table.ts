import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { RawTable } from "@atoll/core/data";
import { csvLines } from "./table-lines.ts";

/** Some rows of a table as a gzipped CSV file, which is there whole or not at all. */
export async function writeTable(
  path: string,
  table: RawTable,
  rows: Iterable<number>,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.part`;
  try {
    await pipeline(
      Readable.from(csvLines(table, rows)),
      createGzip(),
      createWriteStream(unfinished),
      { ...(signal && { signal }) },
    );
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}
