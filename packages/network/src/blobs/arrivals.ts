import { existsSync, statSync } from "node:fs";
import { mkdir, readdir, rename, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { ifThere, makeFolder, syncFolder, type WriteAt } from "./durable.ts";
import { createEarlyChunks } from "./early-chunks.ts";
import { createTurns } from "./in-turn.ts";
import { createOpenParts, type Part } from "./open-parts.ts";
import { isSha256, type Places } from "./places.ts";
import type { Arrival, BlobStore } from "./types.ts";

const DAY_MS = 86_400_000;

type Claim = Parameters<BlobStore["arrivalOf"]>[1];

export interface ArrivalOptions {
  readonly places: Places;
  readonly maxBlobBytes: number;
  /** An owner who begins more than these loses the one that has grown least lately. */
  readonly maxPartsPerOwner: number;
  readonly maxOpenParts: number;
  readonly writeAt: WriteAt;
  readonly now: () => number;
}

/** Blobs that come in piece by piece, each from its owner. */
export interface Arrivals extends Pick<BlobStore, "arrivalOf" | "append"> {
  /** Deletes parts that have not grown for a day. */
  readonly collect: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export function createArrivals(options: ArrivalOptions): Arrivals {
  const { places, maxBlobBytes, maxPartsPerOwner, now } = options;
  const turns = createTurns();
  const early = createEarlyChunks();
  const parts = createOpenParts({
    most: options.maxOpenParts,
    writeAt: options.writeAt,
    now,
    isBusy: turns.isTaken,
  });

  const checkClaim = ({ sha256, sizeBytes }: Claim) => {
    if (!isSha256(sha256) || !Number.isSafeInteger(sizeBytes) || sizeBytes < 0)
      throw new AtollError(
        "BLOB_CLAIM",
        `a blob is claimed as ${JSON.stringify(sha256).slice(0, 80)} with ${sizeBytes} bytes; claim it by its SHA-256 in lower-case hex and its size`,
      );
    if (sizeBytes > maxBlobBytes)
      throw new AtollError(
        "BLOB_TOO_LARGE",
        `a blob of ${sizeBytes} bytes is claimed, and at most ${maxBlobBytes} are taken; send less, or have the limit raised by who runs this`,
      );
  };

  /** What others have sent is not told: only who sent all of a blob learns that it is there. */
  const hasSent = (owner: string, { sha256, sizeBytes }: Claim): boolean =>
    existsSync(places.senderOf(owner, sha256)) &&
    statSync(places.wholeOf(sha256), { throwIfNoEntry: false })?.size === sizeBytes;

  const arrived = (claim: Claim, receivedBytes: number): Arrival => ({
    sha256: claim.sha256,
    sizeBytes: claim.sizeBytes,
    receivedBytes,
    isWhole: false,
  });
  const whole = (claim: Claim): Arrival => ({ ...arrived(claim, claim.sizeBytes), isWhole: true });

  const drop = async (path: string) => {
    early.drop(path);
    await parts.drop(path);
  };

  const find = async (owner: string, { sha256, sizeBytes }: Claim): Promise<Part | undefined> => {
    const path = places.partOf(owner, sha256);
    const part = await parts.find(path, owner);
    if (part === undefined || part.receivedBytes <= sizeBytes) return part;
    // It was begun with another size, and cannot become this blob.
    await drop(path);
    return undefined;
  };

  const begin = async (owner: string, sha256: string): Promise<Part> => {
    const path = places.partOf(owner, sha256);
    const folder = dirname(path);
    await makeFolder(folder);
    const others = await readdir(folder);
    if (others.length >= maxPartsPerOwner) {
      const ages = await Promise.all(
        others.map(async (name) => ({ name, mtimeMs: (await stat(join(folder, name))).mtimeMs })),
      );
      const oldest = ages.reduce((a, b) => (b.mtimeMs < a.mtimeMs ? b : a));
      await drop(join(folder, oldest.name));
    }
    return parts.create(path, owner);
  };

  const finish = async (owner: string, claim: Claim, part: Part): Promise<Arrival> => {
    const { sha256 } = claim;
    try {
      const found = await parts.digest(part);
      if (found !== sha256) {
        await drop(part.path);
        throw new AtollError(
          "BLOB_DAMAGED",
          `${claim.sizeBytes} bytes that were claimed as ${sha256.slice(0, 12)} are ${found.slice(0, 12)}; they were dropped: send them again from the beginning`,
        );
      }
      await part.file.sync();
      const target = places.wholeOf(sha256);
      await makeFolder(dirname(target));
      // The mark comes first: a kill in between leaves a full part, which the next call finishes.
      await mkdir(places.sendersOf(sha256), { recursive: true, mode: 0o700 });
      await writeFile(places.senderOf(owner, sha256), "", { mode: 0o600 });
      await rename(part.path, target);
      await syncFolder(dirname(target));
      return whole(claim);
    } finally {
      early.drop(part.path);
      // Its hash is used up: if it is still there, it is read again.
      await parts.close(part);
    }
  };

  return {
    arrivalOf: (owner, claim) =>
      turns.take(owner, async () => {
        checkClaim(claim);
        if (hasSent(owner, claim)) return whole(claim);
        const part = await find(owner, claim);
        if (part === undefined) return arrived(claim, 0);
        if (part.receivedBytes < claim.sizeBytes) return arrived(claim, part.receivedBytes);
        try {
          return await finish(owner, claim, part);
        } catch (error) {
          if (error instanceof AtollError && error.code === "BLOB_DAMAGED")
            return arrived(claim, 0);
          throw error;
        }
      }),

    append: (owner, claim, { offset, bytes }) =>
      turns.take(owner, async () => {
        checkClaim(claim);
        if (!Number.isSafeInteger(offset) || offset < 0 || offset + bytes.length > claim.sizeBytes)
          throw new AtollError(
            "BLOB_CLAIM",
            `${bytes.length} bytes at ${offset} do not lie within the ${claim.sizeBytes} bytes that are claimed`,
          );
        if (hasSent(owner, claim)) return whole(claim);
        let part = await find(owner, claim);
        const receivedBytes = part?.receivedBytes ?? 0;
        if (offset > receivedBytes) {
          early.keep(places.partOf(owner, claim.sha256), { owner, offset, bytes }, receivedBytes);
          return arrived(claim, receivedBytes);
        }
        const fresh = bytes.subarray(receivedBytes - offset);
        if (fresh.length === 0 && receivedBytes < claim.sizeBytes)
          return arrived(claim, receivedBytes);
        part ??= await begin(owner, claim.sha256);
        for (
          let piece: Uint8Array | undefined = fresh;
          piece !== undefined && piece.length > 0;
          piece = early.next(part.path, part.receivedBytes)
        )
          await parts.grow(part, piece);
        return part.receivedBytes < claim.sizeBytes
          ? arrived(claim, part.receivedBytes)
          : finish(owner, claim, part);
      }),

    collect: async () => {
      const before = now() - DAY_MS;
      for (const folder of (await ifThere(readdir(places.parts))) ?? [])
        for (const name of await readdir(join(places.parts, folder))) {
          const path = join(places.parts, folder, name);
          const found = await ifThere(stat(path));
          if (found !== undefined && found.mtimeMs < before) await drop(path);
        }
    },

    close: async () => {
      await turns.done();
      await parts.closeAll();
    },
  };
}
