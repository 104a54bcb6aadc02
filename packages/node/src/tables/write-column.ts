import { closeSync, openSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { BlockColumn } from "../sources/index.ts";
import { growFile, readAt, type GrowingFile } from "./column-file.ts";
import { codesArray, widthFor, type ColumnEntry } from "./format.ts";

/** Writes one column to disk, block by block. */
export interface ColumnWriter {
  readonly append: (column: BlockColumn) => void;
  readonly close: () => ColumnEntry;
}

export function writeColumn(directory: string, index: number, first: BlockColumn): ColumnWriter {
  return first.kind === "number"
    ? writeNumbers(directory, index, first.name)
    : writeText(directory, index, first.name);
}

function writeNumbers(directory: string, index: number, name: string): ColumnWriter {
  const file = growFile(directory, `${index}.values`);
  return {
    append: (column) => {
      if (column.kind === "number") file.append(column.values);
    },
    close: () => ({ kind: "number", name, values: file.close() }),
  };
}

function writeText(directory: string, index: number, name: string): ColumnWriter {
  const text = growFile(directory, `${index}.text`);
  const ends = growFile(directory, `${index}.ends`);
  let codes = growFile(directory, `${index}.codes`);
  let width = widthFor(0);
  let numRows = 0;
  let numValues = 0;
  let end = 0;
  return {
    append: (column) => {
      if (column.kind !== "text") return;
      const { fresh } = column;
      text.append(fresh.bytes);
      ends.append(fresh.ends.map((own) => own + end));
      end += fresh.bytes.length;
      numValues += fresh.ends.length;
      const needed = widthFor(numValues);
      if (needed !== width) {
        codes.close();
        codes = widened(directory, `${index}.codes`, { numRows, from: width, to: needed });
        width = needed;
      }
      const { length } = column.codes;
      const narrow = codesArray(width, length);
      for (let row = 0; row < length; row++) narrow[row] = column.codes[row]! + 1;
      codes.append(narrow);
      numRows += length;
    },
    close: () => ({
      kind: "text",
      name,
      width,
      numValues,
      codes: codes.close(),
      text: text.close(),
      ends: ends.close(),
    }),
  };
}

const PIECE_ROWS = 2 ** 18;

/** Writes the codes again with more bytes each, and goes on in that file. Happens at most twice. */
function widened(
  directory: string,
  name: string,
  change: { readonly numRows: number; readonly from: 1 | 2 | 4; readonly to: 1 | 2 | 4 },
): GrowingFile {
  const old = openSync(join(directory, name), "r");
  const wide = growFile(directory, `${name}.wide`);
  try {
    for (let row = 0; row < change.numRows; row += PIECE_ROWS) {
      const length = Math.min(PIECE_ROWS, change.numRows - row);
      const narrow = codesArray(change.from, length);
      readAt(old, narrow, row * change.from);
      const piece = codesArray(change.to, length);
      piece.set(narrow);
      wide.append(piece);
    }
  } finally {
    closeSync(old);
  }
  renameSync(join(directory, `${name}.wide`), join(directory, name));
  return { append: wide.append, close: () => ({ ...wide.close(), name }) };
}
