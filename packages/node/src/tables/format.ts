import { crc32 } from "node:zlib";

/** Raised whenever the same source would be stored, or read, differently. */
export const FORMAT_VERSION = 1;

export const MANIFEST = "manifest.json";

/** A file of a stored table, and how it is known to be whole. */
export interface StoredFile {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
}

/**
 * A column on disk. Numbers are doubles, NaN is missing. Text is a code plus one per row, zero is missing, in
 * as few bytes as its number of values needs; the values are UTF-8, one after another, with where each ends.
 * All in the byte order of the machine.
 */
export type ColumnEntry =
  | { readonly kind: "number"; readonly name: string; readonly values: StoredFile }
  | {
      readonly kind: "text";
      readonly name: string;
      readonly width: 1 | 2 | 4;
      readonly numValues: number;
      readonly codes: StoredFile;
      readonly text: StoredFile;
      readonly ends: StoredFile;
    };

export interface Manifest {
  readonly version: number;
  readonly key: string;
  readonly numRows: number;
  readonly columns: readonly ColumnEntry[];
  readonly sources: readonly { readonly path: string; readonly sha256: string }[];
}

export function filesOf(column: ColumnEntry): readonly StoredFile[] {
  return column.kind === "number" ? [column.values] : [column.codes, column.text, column.ends];
}

/** The manifest as text: its JSON, then a checksum of that on a line of its own. */
export function encodeManifest(manifest: Manifest): string {
  const body = JSON.stringify(manifest);
  return `${body}\n${crc32(body)}\n`;
}

/** Reads it back; undefined where it was changed or cut off, or is of another version. */
export function decodeManifest(text: string): Manifest | undefined {
  const [body = "", checksum] = text.split("\n");
  if (String(crc32(body)) !== checksum) return undefined;
  const manifest = JSON.parse(body) as Manifest;
  return manifest.version === FORMAT_VERSION ? manifest : undefined;
}

/** The fewest bytes that hold so many codes and the missing one. */
export function widthFor(numValues: number): 1 | 2 | 4 {
  return numValues < 2 ** 8 ? 1 : numValues < 2 ** 16 ? 2 : 4;
}

const ARRAYS = { 1: Uint8Array, 2: Uint16Array, 4: Int32Array } as const;

/** An array of codes plus one, in so many bytes each. */
export function codesArray(
  width: 1 | 2 | 4,
  length: number,
): Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Int32Array<ArrayBuffer> {
  return new ARRAYS[width](length);
}
