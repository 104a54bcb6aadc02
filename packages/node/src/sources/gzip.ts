import { createReadStream } from "node:fs";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { AtollError } from "@atoll/core/errors";

/**
 * Reads a gzip to its end and throws the text away. DuckDB stops in silence where a gzip was cut off;
 * the length and checksum at the end are the only proof that a file is whole.
 */
export async function checkGzip(path: string, who: string, signal?: AbortSignal): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    await pipeline(createReadStream(path), createGunzip(), nowhere, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw new AtollError(
      "DATA_GZIP",
      `${who}: ${path} is no whole gzip file (${(error as Error).message}); copy it again, or drop the ending .gz if it is plain text`,
      { cause: error },
    );
  }
}
