import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { version as duckdbVersion } from "@duckdb/node-api";
import {
  allFiles,
  distinctColumns,
  locate,
  type LocatedSource,
  type ReadOptions,
  type SourceConfig,
} from "../sources/index.ts";
import { writeTable } from "./build-table.ts";
import { DamagedTable } from "./column-file.ts";
import { FORMAT_VERSION, type Manifest } from "./format.ts";
import { fingerprintOf } from "./stamp.ts";
import { openTable, type StoredTable } from "./stored-table.ts";

/** How a table came to be: found, built, or built again because what was found was damaged. */
export type Origin =
  | { readonly kind: "cache" }
  | { readonly kind: "built" }
  | { readonly kind: "rebuilt"; readonly damage: string };

export interface CachedTable {
  readonly table: StoredTable;
  readonly origin: Origin;
}

export interface CacheOptions extends ReadOptions {
  /** The folder of the cache; several processes may use it at once. */
  readonly directory: string;
}

/**
 * The table of a source, from the cache where it is there. A table is found by what it is made of: the
 * contents of the files, the settings that read them, the wanted columns, and the versions of reader and
 * format; a file's name and age do not count.
 */
export async function cachedTable(
  config: SourceConfig,
  options: CacheOptions,
): Promise<CachedTable> {
  const { directory, client, signal } = options;
  const source = await locate(config, client);
  const sources: { path: string; sha256: string }[] = [];
  for (const path of allFiles(source)) {
    signal?.throwIfAborted();
    const { sha256 } = await fingerprintOf(path, join(directory, "hashes"), signal);
    sources.push({ path, sha256 });
  }
  const key = keyOf(config, source, sources, options);
  const tables = join(directory, "tables");
  const place = join(tables, key);
  let damage: string | undefined;
  try {
    const table = await openTable(place, key);
    if (table !== undefined) return { table, origin: { kind: "cache" } };
  } catch (error) {
    if (!(error instanceof DamagedTable)) throw error;
    damage = error.message;
  }
  await build(config, options, { tables, place, key, sources });
  const table = await openTable(place, key);
  if (table === undefined) throw new Error(`the table ${place} was removed while it was opened`);
  return {
    table,
    origin: damage === undefined ? { kind: "built" } : { kind: "rebuilt", damage },
  };
}

function keyOf(
  config: SourceConfig,
  source: LocatedSource,
  sources: Manifest["sources"],
  { columns }: ReadOptions,
): string {
  const hashOf = new Map(sources.map(({ path, sha256 }) => [path, sha256]));
  const contents = (files: readonly string[]) => files.map((file) => hashOf.get(file));
  const described =
    source.kind === "files"
      ? { ...source, path: undefined, bytes: undefined, files: contents(source.files) }
      : {
          query: config.query,
          tables: Object.entries(source.tables).map(([name, table]) => ({
            ...table,
            path: undefined,
            bytes: undefined,
            name,
            files: contents(table.files),
          })),
        };
  const parts = [FORMAT_VERSION, duckdbVersion(), described, distinctColumns(columns)];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

const UNFINISHED = ".unfinished-";
const STALE_MS = 24 * 3600 * 1000;

/** Builds in a folder of its own and moves it in place; of several builders the first one's stays. */
async function build(
  config: SourceConfig,
  options: ReadOptions,
  at: {
    readonly tables: string;
    readonly place: string;
    readonly key: string;
    readonly sources: Manifest["sources"];
  },
): Promise<void> {
  await mkdir(at.tables, { recursive: true });
  await removeStale(at.tables);
  const own = join(at.tables, `${UNFINISHED}${randomUUID()}`);
  await mkdir(own);
  try {
    await writeTable(
      config,
      { ...options, database: { temporaryDirectory: join(own, "spill"), ...options.database } },
      { directory: own, key: at.key, sources: at.sources },
    );
    await rm(join(own, "spill"), { recursive: true, force: true });
    await putInPlace(own, at.place, at.key);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

async function putInPlace(own: string, place: string, key: string): Promise<void> {
  for (;;) {
    try {
      await rename(own, place);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    }
    // Something is there: another's table that is whole stays, a damaged one makes room.
    const whole = await openTable(place, key).catch((error: unknown) => {
      if (error instanceof DamagedTable) return undefined;
      throw error;
    });
    if (whole !== undefined) {
      whole.close();
      return;
    }
    const away = `${own}-damaged`;
    await rename(place, away).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    await rm(away, { recursive: true, force: true });
  }
}

/** What a process left that was killed while it built. */
async function removeStale(tables: string): Promise<void> {
  for (const name of await readdir(tables)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const found = await stat(join(tables, name)).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_MS)
      await rm(join(tables, name), { recursive: true, force: true });
  }
}
