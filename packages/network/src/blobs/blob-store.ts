import { createHash } from "node:crypto";
import { readSync, statSync } from "node:fs";
import { open, readdir, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as othersFirst } from "node:timers/promises";
import { AtollError } from "@atoll/core/errors";
import { createArrivals } from "./arrivals.ts";
import {
  ifThere,
  makeFolder,
  namingFullDisk,
  syncFolder,
  writeAt as writeToFile,
  type WriteAt,
} from "./durable.ts";
import { createOpenBlobs } from "./open-blobs.ts";
import { isSha256, placesIn, type Places } from "./places.ts";
import type { BlobStore, Sha256 } from "./types.ts";

/** Hashed at a stretch; whoever else waits gets a turn in between. */
const STRETCH_BYTES = 2 ** 22;

export interface BlobStoreOptions {
  /** Used by one process at a time. */
  readonly directory: string;
  /** What arrives piece by piece may be at most this large. */
  readonly maxBlobBytes: number;
  readonly now: () => number;
  /** Blobs on their way in from one owner at a time; whoever begins more loses the one that has grown least lately. */
  readonly maxPartsPerOwner?: number;
  readonly maxOpenParts?: number;
  readonly maxOpenBlobs?: number;
  /** What writes to files; another one is for tests of disks that fail. */
  readonly writeAt?: WriteAt;
}

export interface OpenBlobStore extends BlobStore {
  /** Closes the files that are open; what has arrived stays. */
  readonly close: () => Promise<void>;
}

export async function openBlobStore({
  directory,
  maxBlobBytes,
  now,
  maxPartsPerOwner = 64,
  maxOpenParts = 128,
  maxOpenBlobs = 64,
  writeAt = writeToFile,
}: BlobStoreOptions): Promise<OpenBlobStore> {
  const places = placesIn(directory);
  const blobs = createOpenBlobs(maxOpenBlobs);
  const arrivals = createArrivals({
    places,
    maxBlobBytes,
    maxPartsPerOwner,
    maxOpenParts,
    writeAt,
    now,
  });
  const naming = <T>(work: () => Promise<T>) => namingFullDisk(directory, work);
  await naming(async () => {
    // What a kill left half-written.
    await rm(places.temporary, { recursive: true, force: true });
    await makeFolder(places.temporary);
  });

  const sizeOf = (sha256: Sha256): number | undefined =>
    isSha256(sha256)
      ? statSync(places.wholeOf(sha256), { throwIfNoEntry: false })?.size
      : undefined;

  const remove = async (sha256: Sha256): Promise<boolean> => {
    if (!isSha256(sha256)) return false;
    const path = places.wholeOf(sha256);
    blobs.close(path);
    const isGone = (await ifThere(unlink(path).then(() => true))) ?? false;
    await rm(places.sendersOf(sha256), { recursive: true, force: true });
    return isGone;
  };

  let numWritten = 0;
  const write = async (sha256: Sha256, pieces: readonly Uint8Array[]) => {
    const temporary = join(places.temporary, String(numWritten++));
    const target = places.wholeOf(sha256);
    try {
      const file = await open(temporary, "wx", 0o600);
      try {
        let position = 0;
        for (const stretch of stretches(pieces)) {
          await writeAt(file, stretch, position);
          position += stretch.length;
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await makeFolder(dirname(target));
      await rename(temporary, target);
      await syncFolder(dirname(target));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };

  return {
    put: (pieces) =>
      naming(async () => {
        const hash = createHash("sha256");
        let sizeBytes = 0;
        for (const stretch of stretches(pieces)) {
          if (sizeBytes > 0) await othersFirst();
          hash.update(stretch);
          sizeBytes += stretch.length;
        }
        const sha256 = hash.digest("hex");
        if (sizeOf(sha256) !== sizeBytes) await write(sha256, pieces);
        return { sha256, sizeBytes };
      }),
    arrivalOf: (owner, claim) => naming(() => arrivals.arrivalOf(owner, claim)),
    append: (owner, claim, chunk) => naming(() => arrivals.append(owner, claim, chunk)),
    sizeOf,
    read: (sha256, from, to) => {
      const blob = isSha256(sha256) ? blobs.open(places.wholeOf(sha256)) : undefined;
      const name = sha256.slice(0, 12);
      if (blob === undefined)
        throw new AtollError(
          "BLOB_MISSING",
          `there is no blob ${name}; it was never stored, or was collected: store it again`,
        );
      const { descriptor, sizeBytes } = blob;
      if (!(from >= 0 && from <= to && to <= sizeBytes))
        throw new AtollError(
          "BLOB_MISSING",
          `blob ${name} has ${sizeBytes} bytes, and those from ${from} to ${to} are asked for; ask for bytes within it`,
        );
      return readFully(descriptor, from, to);
    },
    remove: async (hashes) => {
      for (const sha256 of hashes) await remove(sha256);
    },
    collect: async (kept) => {
      let removed = 0;
      for (const sha256 of await hashesIn(places))
        if (!kept.has(sha256) && (await remove(sha256))) removed++;
      await arrivals.collect();
      return removed;
    },
    close: async () => {
      await arrivals.close();
      blobs.closeAll();
    },
  };
}

/** Of blobs and of marks about them. */
async function hashesIn({ whole, sent }: Places): Promise<ReadonlySet<Sha256>> {
  const found = new Set<Sha256>();
  for (const folder of [whole, sent])
    for (const start of (await ifThere(readdir(folder))) ?? [])
      for (const name of await readdir(join(folder, start))) if (isSha256(name)) found.add(name);
  return found;
}

function* stretches(pieces: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const piece of pieces)
    for (let at = 0; at < piece.length; at += STRETCH_BYTES)
      yield piece.subarray(at, at + STRETCH_BYTES);
}

function readFully(descriptor: number, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  for (let done = 0; done < bytes.length;) {
    const count = readSync(descriptor, bytes, done, bytes.length - done, from + done);
    if (count === 0)
      throw new AtollError(
        "BLOB_DAMAGED",
        `a blob ends at byte ${from + done} although it was longer when it was opened; its disk is damaged, or another process has changed it`,
      );
    done += count;
  }
  return bytes;
}
