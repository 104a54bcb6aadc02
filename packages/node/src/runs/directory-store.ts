import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClientStore } from "@atoll/core/federation";
import { fileNameOf, readIfThere, writeAtomically } from "./files.ts";

/** A client's own files, in one folder. */
export function directoryStore(directory: string): ClientStore {
  const pathOf = (name: string) => join(directory, `${fileNameOf(name)}.safetensors`);
  return {
    write: (name, bytes) => writeAtomically(pathOf(name), bytes),
    read: (name) => readIfThere(readFile(pathOf(name))),
  };
}
