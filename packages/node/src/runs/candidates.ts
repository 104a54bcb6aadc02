import { createHash } from "node:crypto";
import { join } from "node:path";
import type { SplitClient } from "@atoll/core/data";
import { statePieces, type SavedState } from "@atoll/core/federation";
import type { CandidateFile } from "../results/index.ts";
import { fileNameOf, writeAtomically } from "./files.ts";

/**
 * Writes the lists that a client's evaluation ranks, so that any other program can score the same ones;
 * docs/reference/candidates.md says what the file holds. Clients without lists leave no file.
 */
export async function writeCandidates(
  directory: string,
  split: SplitClient,
  seed: number,
): Promise<CandidateFile | undefined> {
  const state = candidatesState(split, seed);
  if (state === undefined) return undefined;
  const file = ["candidates", `seed-${seed}`, `${fileNameOf(split.client)}.safetensors`];
  const pieces = statePieces(state);
  const digest = createHash("sha256");
  for (const piece of pieces) digest.update(piece);
  await writeAtomically(join(directory, ...file), pieces);
  return {
    seed,
    file: file.join("/"),
    sha256: digest.digest("hex"),
    lists: { valid: split.valid.length, test: split.test.length },
  };
}

/** The lists as named arrays: item and user indices, and the ids that they stand for. */
export function candidatesState(split: SplitClient, seed: number): SavedState | undefined {
  const { client, sampling, user, numUsers, numItems, valid, test } = split;
  if (sampling === undefined) return undefined;
  const vector = <T extends Int32Array | Uint8Array>(data: T) => ({ shape: [data.length], data });
  const part = (name: string, rows: Int32Array, lists: typeof sampling.testCandidates) => ({
    [`${name}/user`]: vector(rows.map((row) => user[row]!)),
    [`${name}/item`]: vector(rows.map((row) => sampling.item[row]!)),
    [`${name}/offsets`]: vector(lists.offsets),
    [`${name}/items`]: vector(lists.items),
  });
  const ids = (name: "user" | "item", index: Int32Array, count: number) =>
    vector(new TextEncoder().encode(JSON.stringify(idsOf(split, name, index, count))));
  return {
    arrays: {
      ...part("valid", valid, sampling.validCandidates),
      ...part("test", test, sampling.testCandidates),
      "user/ids": ids("user", user, numUsers),
      "item/ids": ids("item", sampling.item, numItems),
    },
    metadata: { schema: "atoll/candidates/v1", client, seed },
  };
}

/** [count], the raw id of each index. */
function idsOf(
  { categorical }: SplitClient,
  name: "user" | "item",
  index: Int32Array,
  count: number,
): string[] {
  const column = categorical.find((feature) => feature.name === name)!.column;
  const ids = Array<string>(count).fill("");
  if (column.kind === "text")
    index.forEach((entry, row) => (ids[entry] = column.values[column.codes[row]!]!));
  return ids;
}
