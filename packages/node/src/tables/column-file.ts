import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { StoredFile } from "./format.ts";

/** A file that grows, with the checksum of what was written. */
export interface GrowingFile {
  readonly append: (array: ArrayBufferView) => void;
  readonly close: () => StoredFile;
}

export function growFile(directory: string, name: string): GrowingFile {
  const file = openSync(join(directory, name), "w");
  let bytes = 0;
  let checksum = 0;
  return {
    append: (array) => {
      const view = bytesOf(array);
      checksum = crc32(view, checksum);
      for (let at = 0; at < view.length;) at += writeSync(file, view, at);
      bytes += view.length;
    },
    close: () => {
      closeSync(file);
      return { name, bytes, crc32: checksum };
    },
  };
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

/** Fills `target` from a place in an open file; a file that ends too soon is damaged. */
export function readAt(file: number, target: ArrayBufferView, position: number): void {
  const view = bytesOf(target);
  for (let at = 0; at < view.length;) {
    const read = readSync(file, view, at, view.length - at, position + at);
    if (read === 0) throw new DamagedTable("a file ends too soon");
    at += read;
  }
}

/** A stored table that is not as it was written. It is built again; no user meets this error. */
export class DamagedTable extends Error {}
