import { closeSync, fstatSync, openSync } from "node:fs";
import { codeOf } from "./durable.ts";

/** A whole blob that is open for reading; its bytes never change. */
export interface OpenBlob {
  readonly descriptor: number;
  readonly sizeBytes: number;
}

/** Files that were read lately stay open, at most so many. */
export interface OpenBlobs {
  /** Undefined where there is no such file. */
  readonly open: (path: string) => OpenBlob | undefined;
  readonly close: (path: string) => void;
  readonly closeAll: () => void;
}

export function createOpenBlobs(most: number): OpenBlobs {
  // In the order of their last use.
  const files = new Map<string, OpenBlob>();
  const close = (path: string) => {
    const file = files.get(path);
    files.delete(path);
    if (file !== undefined) closeSync(file.descriptor);
  };
  return {
    open: (path) => {
      const file = files.get(path) ?? openFile(path);
      if (file === undefined) return undefined;
      files.delete(path);
      files.set(path, file);
      if (files.size > most) close(files.keys().next().value!);
      return file;
    },
    close,
    closeAll: () => {
      for (const path of files.keys()) close(path);
    },
  };
}

function openFile(path: string): OpenBlob | undefined {
  try {
    const descriptor = openSync(path, "r");
    return { descriptor, sizeBytes: fstatSync(descriptor).size };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
