import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openBlobStore, type BlobStoreOptions, type OpenBlobStore } from "./blob-store.ts";
import type { Sha256 } from "./types.ts";

/** A folder that is removed after the test. */
export function folderForTest(): string {
  const directory = mkdtempSync(join(tmpdir(), "atoll-blobs-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A store that is closed after the test; a second one in the same folder is the store after a restart. */
export async function storeForTest(
  options: Partial<BlobStoreOptions> & { readonly directory: string },
): Promise<OpenBlobStore> {
  const store = await openBlobStore({ maxBlobBytes: 2 ** 30, now: () => 1_000_000, ...options });
  onTestFinished(() => store.close());
  return store;
}

export const claimOf = (bytes: Uint8Array): { sha256: Sha256; sizeBytes: number } => ({
  sha256: createHash("sha256").update(bytes).digest("hex"),
  sizeBytes: bytes.length,
});

/** Bytes that repeat only after a long while, and differ by `start`. */
export const someBytes = (length: number, start = 0): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => ((start + i) * 2_654_435_761) >>> 24);
