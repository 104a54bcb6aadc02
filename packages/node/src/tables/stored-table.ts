import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { RawColumn, RawTable } from "@atoll/core/data";
import { unpackText } from "../sources/index.ts";
import { DamagedTable, readAt } from "./column-file.ts";
import {
  codesArray,
  decodeManifest,
  filesOf,
  MANIFEST,
  type ColumnEntry,
  type Manifest,
  type StoredFile,
} from "./format.ts";
import { readJson, stampOf, writeWhole } from "./stamp.ts";

/** A column of a stored table. */
export interface StoredColumn {
  readonly name: string;
  readonly kind: "text" | "number";
  /** Distinct texts; 0 for numbers. */
  readonly numValues: number;
  readonly bytes: number;
}

/** A table on disk that is read where it is needed. */
export interface StoredTable {
  readonly directory: string;
  readonly numRows: number;
  readonly columns: readonly StoredColumn[];
  /** On disk, of all columns. */
  readonly bytes: number;
  /**
   * Rows `start` to `start + count` of a column, into `out`: codes (-1 is missing) to an Int32Array, numbers (NaN is
   * missing) to a Float64Array.
   */
  readonly readColumn: (
    name: string,
    start: number,
    count: number,
    out: Int32Array | Float64Array,
  ) => void;
  /** The texts of a text column by code. */
  readonly valuesOf: (name: string) => string[];
  /** The whole table in memory. */
  readonly load: () => RawTable;
  readonly close: () => void;
}

/** Where it is noted which files were last found whole, by their stamps. */
const CHECKED = "checked.json";

/** Opens a stored table; undefined where there is none. Throws `DamagedTable` for one that is not whole. */
export async function openTable(directory: string, key: string): Promise<StoredTable | undefined> {
  let text: string;
  try {
    text = readFileSync(join(directory, MANIFEST), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const manifest = decodeManifest(text);
  if (manifest === undefined || manifest.key !== key)
    throw new DamagedTable("its manifest is not as it was written");
  await checkFiles(directory, manifest);
  return tableOf(directory, manifest);
}

/** Reads files whose stamps are not those of the last check, and compares sizes and checksums. */
async function checkFiles(directory: string, manifest: Manifest): Promise<void> {
  const note = join(directory, CHECKED);
  const known = (await readJson<Record<string, string>>(note)) ?? {};
  const stamps: Record<string, string> = {};
  const files = manifest.columns.flatMap(filesOf);
  for (const file of files)
    stamps[file.name] = await stampOf(join(directory, file.name)).catch(() => {
      throw new DamagedTable(`${file.name} is missing`);
    });
  const unknown = files.filter(({ name }) => known[name] !== stamps[name]);
  for (const file of unknown) checkFile(directory, file);
  if (unknown.length > 0) await writeWhole(note, JSON.stringify(stamps));
}

const PIECE_BYTES = 2 ** 22;

function checkFile(directory: string, { name, bytes, crc32: expected }: StoredFile): void {
  const file = openSync(join(directory, name), "r");
  try {
    let checksum = 0;
    for (let at = 0; at < bytes; at += PIECE_BYTES) {
      const piece = new Uint8Array(Math.min(PIECE_BYTES, bytes - at));
      readAt(file, piece, at);
      checksum = crc32(piece, checksum);
    }
    if (checksum !== expected) throw new DamagedTable(`${name} is not as it was written`);
  } finally {
    closeSync(file);
  }
}

function tableOf(directory: string, manifest: Manifest): StoredTable {
  const { numRows } = manifest;
  const entries = new Map(manifest.columns.map((column) => [column.name, column]));
  const open = new Map<string, number>();
  const fileOf = (name: string) => {
    let file = open.get(name);
    if (file === undefined) open.set(name, (file = openSync(join(directory, name), "r")));
    return file;
  };
  const entryOf = (name: string): ColumnEntry => {
    const entry = entries.get(name);
    if (entry === undefined)
      throw new RangeError(`no column "${name}"; there are: ${[...entries.keys()].join(", ")}`);
    return entry;
  };
  const readColumn: StoredTable["readColumn"] = (name, start, count, out) => {
    const entry = entryOf(name);
    if (start < 0 || start + count > numRows || count > out.length)
      throw new RangeError(
        `rows ${start} to ${start + count} of ${numRows} do not fit into ${out.length}`,
      );
    if (entry.kind === "number") {
      readAt(fileOf(entry.values.name), out.subarray(0, count), start * 8);
      return;
    }
    const { width, codes } = entry;
    const raw = width === 4 ? out.subarray(0, count) : codesArray(width, count);
    readAt(fileOf(codes.name), raw, start * width);
    for (let row = 0; row < count; row++) out[row] = raw[row]! - 1;
  };
  const valuesOf = (name: string) => {
    const entry = entryOf(name);
    const values: string[] = [];
    if (entry.kind === "text") {
      const bytes = new Uint8Array(entry.text.bytes);
      const ends = new Float64Array(entry.numValues);
      readAt(fileOf(entry.text.name), bytes, 0);
      readAt(fileOf(entry.ends.name), ends, 0);
      unpackText({ bytes, ends }, values);
    }
    return values;
  };
  const columns = manifest.columns.map((column) => ({
    name: column.name,
    kind: column.kind,
    numValues: column.kind === "text" ? column.numValues : 0,
    bytes: filesOf(column).reduce((sum, { bytes }) => sum + bytes, 0),
  }));
  return {
    directory,
    numRows,
    columns,
    bytes: columns.reduce((sum, column) => sum + column.bytes, 0),
    readColumn,
    valuesOf,
    load: () => {
      const loaded: Record<string, RawColumn> = {};
      for (const { name, kind } of columns) {
        const whole = kind === "text" ? new Int32Array(numRows) : new Float64Array(numRows);
        readColumn(name, 0, numRows, whole);
        loaded[name] =
          whole instanceof Int32Array
            ? { kind: "text", codes: whole, values: valuesOf(name) }
            : { kind: "number", values: whole };
      }
      return { numRows, columns: loaded };
    },
    close: () => {
      for (const file of open.values()) closeSync(file);
      open.clear();
    },
  };
}
