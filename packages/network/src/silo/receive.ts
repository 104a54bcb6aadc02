import { createHash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { readWhole } from "@atoll/node/runs";
import { fetchBlob, type Claim, type ServerCalls } from "../protocol/index.ts";

/** Bytes of a claim, through a file that keeps what has arrived until the rest does. */
export async function receive(
  calls: ServerCalls,
  claim: Claim,
  { path, signal }: { readonly path: string; readonly signal: AbortSignal },
): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a+").then(async (made) => {
    await made.close();
    return open(path, "r+");
  });
  try {
    const { size } = await file.stat();
    const from = size > claim.sizeBytes ? 0 : size;
    if (from < size) await file.truncate(0);
    await fetchBlob(calls, claim, {
      from,
      signal,
      write: async (offset, bytes) => {
        for (let at = 0; at < bytes.length;)
          at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten;
      },
    });
  } catch (error) {
    // Nothing of it can be gone on from.
    if (error instanceof AtollError && error.code === "BLOB_DAMAGED") await file.truncate(0);
    throw error;
  } finally {
    await file.close();
  }
  const bytes = await readWhole(path);
  if (isClaimed(bytes, claim)) return bytes;
  await rm(path, { force: true });
  throw damaged(claim);
}

/** The same in memory, for small things. */
export async function receiveSmall(
  calls: ServerCalls,
  claim: Claim,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(claim.sizeBytes);
  await fetchBlob(calls, claim, {
    signal,
    write: (offset, piece) => {
      bytes.set(piece, offset);
      return Promise.resolve();
    },
  });
  if (!isClaimed(bytes, claim)) throw damaged(claim);
  return bytes;
}

export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function isClaimed(bytes: Uint8Array, { sha256, sizeBytes }: Claim): boolean {
  return bytes.length === sizeBytes && sha256Of(bytes) === sha256;
}

function damaged({ sha256, sizeBytes }: Claim): AtollError {
  return new AtollError(
    "BLOB_DAMAGED",
    `what arrived for ${sha256.slice(0, 12)} of ${sizeBytes} bytes has another hash; it was dropped, and is fetched again`,
  );
}
