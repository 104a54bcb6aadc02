import { join } from "node:path";
import type { ClientStore } from "@atoll/core/federation";
import { fileNameOf, readIfThere, readWhole, writeAtomically } from "./files.ts";

/** Where a client's file of a name lies. */
export function fileOf(directory: string, name: string): string {
  return join(directory, `${fileNameOf(name)}.safetensors`);
}

/** A client's own files, in one folder. */
export function directoryStore(directory: string): ClientStore {
  const pathOf = (name: string) => fileOf(directory, name);
  return {
    write: (name, pieces) => writeAtomically(pathOf(name), pieces),
    read: (name) => readIfThere(readWhole(pathOf(name))),
  };
}
