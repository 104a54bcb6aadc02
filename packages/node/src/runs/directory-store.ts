import { join } from "node:path";
import type { ClientStore } from "@atoll/core/federation";
import { fileNameOf, readIfThere, readWhole, writeAtomically } from "./files.ts";

/** A client's own files, in one folder. */
export function directoryStore(directory: string): ClientStore {
  const pathOf = (name: string) => join(directory, `${fileNameOf(name)}.safetensors`);
  return {
    write: (name, pieces) => writeAtomically(pathOf(name), pieces),
    read: (name) => readIfThere(readWhole(pathOf(name))),
  };
}
