import type { RawTable } from "@atoll/core/data";
import { readTable, type ReadOptions, type SourceConfig } from "../sources/index.ts";
import { cachedTable, type Origin } from "./cache.ts";
import { openTable, type StoredTable } from "./stored-table.ts";

/** The folder of the cache: beside the experiment, elsewhere where ATOLL_CACHE says so, or nowhere (`off`). */
export function cacheDirectory(
  experimentDirectory: string,
  setting: string | undefined,
): string | undefined {
  if (setting === undefined || setting === "") return `${experimentDirectory}/.atoll/cache`;
  return setting === "off" ? undefined : setting;
}

/** Folders that cannot be made or written, and full disks: a cache that is not to be had fails no run. */
const UNWRITABLE = new Set(["EACCES", "EPERM", "EROFS", "ENOSPC", "EDQUOT", "ENOTDIR"]);

/** Opens a table of the cache again, such as in another thread. */
export async function openCached(directory: string, key: string): Promise<StoredTable> {
  const table = await openTable(directory, key);
  if (table === undefined) throw new Error(`the table ${directory} is gone from the cache`);
  return table;
}

/** A table in memory, through the cache where there is one. */
export async function readCached(
  config: SourceConfig,
  options: ReadOptions & { readonly directory: string | undefined },
): Promise<{ readonly table: RawTable; readonly origin: Origin }> {
  const { directory } = options;
  if (directory !== undefined)
    try {
      const { table, origin } = await cachedTable(config, { ...options, directory });
      try {
        return { table: table.load(), origin };
      } finally {
        table.close();
      }
    } catch (error) {
      if (!UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  return { table: await readTable(config, options), origin: { kind: "built" } };
}
