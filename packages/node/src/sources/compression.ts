import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { AtollError } from "@atoll/core/errors";

const ENDINGS = {
  gz: { name: "gzip", code: "DATA_GZIP", open: createGunzip },
  zst: { name: "zstd", code: "DATA_ZSTD", open: createZstdDecompress },
} as const;

const ENDING = /\.(gz|zst)$/i;

/** A file's name without the ending of its compression. */
export function withoutCompression(path: string): string {
  return path.replace(ENDING, "");
}

/**
 * Reads a compressed text to its end and throws it away. DuckDB stops in silence where one was cut off;
 * the length and checksum at the end are the only proof that a file is whole. Other files pass.
 */
export async function checkWhole(path: string, who: string, signal?: AbortSignal): Promise<void> {
  const ending = ENDING.exec(path)?.[1]?.toLowerCase();
  if (ending === undefined) return;
  const { name, code, open } = ENDINGS[ending as keyof typeof ENDINGS];
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(createReadStream(path), open(), nowhere, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AtollError(
      code,
      `${who}: ${path} is no whole ${name} file (${(error as Error).message}); copy it again, or drop the ending .${ending} if it is plain text`,
      { cause: error },
    );
  }
}
