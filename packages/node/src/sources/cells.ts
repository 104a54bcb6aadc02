import { createHash } from "node:crypto";
import duckdb from "@duckdb/node-bindings";
import { MISSING } from "./interner.ts";

/** Texts of at most so many bytes lie in their cell; of longer ones the cell holds a pointer. */
const INLINE_BYTES = 12;
const CELL_BYTES = 16;

/** A column of text as DuckDB hands it over, 16 bytes a cell: its length, then the text or a pointer to it. */
export interface TextVector {
  readonly words: Int32Array;
  /** The digests of the long texts, where DuckDB worked them out. */
  readonly digests: Int32Array | undefined;
}

/** A view of a vector's memory. */
export function vectorOf(chunk: duckdb.DataChunk, column: number, numBytes: number): Uint8Array {
  return duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, column), numBytes);
}

export function textVector(
  chunk: duckdb.DataChunk,
  column: number,
  digestColumn: number | undefined,
  numRows: number,
): TextVector {
  const wordsOf = (index: number) => {
    const bytes = vectorOf(chunk, index, numRows * CELL_BYTES);
    return new Int32Array(bytes.buffer, bytes.byteOffset, numRows * 4);
  };
  return {
    words: wordsOf(column),
    digests: digestColumn === undefined ? undefined : wordsOf(digestColumn),
  };
}

/** One bit a row, set where the row has a value; null where all have. */
export function validityOf(
  chunk: duckdb.DataChunk,
  column: number,
  numRows: number,
): Uint8Array | null {
  return duckdb.vector_get_validity(
    duckdb.data_chunk_get_vector(chunk, column),
    Math.ceil(numRows / 64) * 8,
  );
}

/**
 * Copies a vector's cells to where they are encoded, so that equal texts have equal cells: a long text is
 * told by 126 bits of its MD5, a missing one by MISSING.
 */
export function copyCells(
  { words, digests }: TextVector,
  validity: Uint8Array | null,
  cells: Int32Array,
  firstRow: number,
): void {
  const numRows = words.length / 4;
  const begin = firstRow * 4;
  cells.set(words, begin);
  if (hasLong(words))
    for (let row = 0; row < numRows; row++) {
      if (words[row * 4]! <= INLINE_BYTES || isMissing(validity, row)) continue;
      const own = digests === undefined ? digestOf(words, row) : digests.subarray(row * 4);
      const at = begin + row * 4;
      cells[at] = (own[0]! & 0x3fffffff) | 0x40000000;
      cells[at + 1] = own[1]!;
      cells[at + 2] = own[2]!;
      cells[at + 3] = own[3]!;
    }
  if (validity !== null)
    for (let row = 0; row < numRows; row++)
      if (isMissing(validity, row)) cells[begin + row * 4] = MISSING;
}

function hasLong(words: Int32Array): boolean {
  for (let at = 0; at < words.length; at += 4) if (words[at]! > INLINE_BYTES) return true;
  return false;
}

function isMissing(validity: Uint8Array | null, row: number): boolean {
  return validity !== null && (validity[row >> 3]! & (1 << (row & 7))) === 0;
}

function digestOf(words: Int32Array, row: number): Int32Array {
  const digest = createHash("md5").update(textBytes(words, row)).digest();
  return Int32Array.from({ length: 4 }, (_, i) => digest.readInt32LE(4 * i));
}

/** The UTF-8 bytes of a cell; valid as long as its chunk is. */
export function textBytes(words: Int32Array, row: number): Uint8Array {
  const length = words[row * 4]!;
  const offset = words.byteOffset + row * CELL_BYTES;
  return length <= INLINE_BYTES
    ? new Uint8Array(words.buffer, offset + 4, length)
    : duckdb.get_data_from_pointer(words.buffer as ArrayBuffer, offset + 8, length);
}
