import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { streamTable, type ReadOptions, type SourceConfig } from "../sources/index.ts";
import { encodeManifest, FORMAT_VERSION, MANIFEST, type Manifest } from "./format.ts";
import { writeColumn, type ColumnWriter } from "./write-column.ts";

/** Writes a source's table into an existing folder, block by block; the manifest comes last. */
export async function writeTable(
  config: SourceConfig,
  options: ReadOptions,
  target: { readonly directory: string } & Pick<Manifest, "key" | "sources">,
): Promise<void> {
  const { directory, key, sources } = target;
  let writers: readonly ColumnWriter[] = [];
  let numRows = 0;
  let columns: Manifest["columns"];
  try {
    for await (const block of streamTable(config, options)) {
      if (numRows === 0)
        writers = block.columns.map((column, i) => writeColumn(directory, i, column));
      block.columns.forEach((column, i) => writers[i]!.append(column));
      numRows += block.numRows;
    }
  } finally {
    columns = writers.map((writer) => writer.close());
  }
  // A column that is wanted twice is read as it was wanted last.
  const byName = new Map(columns.map((column) => [column.name, column]));
  const manifest: Manifest = {
    version: FORMAT_VERSION,
    key,
    numRows,
    columns: [...byName.values()],
    sources,
  };
  await writeFile(join(directory, MANIFEST), encodeManifest(manifest));
}
