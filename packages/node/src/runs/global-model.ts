import { createHash } from "node:crypto";
import { join } from "node:path";
import { statePieces, type SavedState } from "@atoll/core/federation";
import { globalModelIn } from "@atoll/core/methods";
import { writeAtomically } from "./files.ts";

/** What the server of a cell holds in the end, beside what else the cell leaves. */
export const GLOBAL_MODEL_FILE = "global-model.safetensors";

export interface GlobalModel {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/**
 * Writes the global model that a cell's stages left into the cell's folder: the same bytes wherever the cell ran.
 * Undefined of methods that leave none.
 */
export async function keepGlobalModel(
  cellFolder: string,
  results: ReadonlyMap<string, SavedState>,
): Promise<GlobalModel | undefined> {
  const model = globalModelIn(results);
  if (model === undefined) return undefined;
  const pieces = statePieces(model);
  const hash = createHash("sha256");
  for (const piece of pieces) hash.update(piece);
  await writeAtomically(join(cellFolder, GLOBAL_MODEL_FILE), pieces);
  return {
    sha256: hash.digest("hex"),
    sizeBytes: pieces.reduce((sum, { length }) => sum + length, 0),
  };
}
