import { createHash, type Hash } from "node:crypto";
import { open, rm, type FileHandle } from "node:fs/promises";
import { ifThere, type WriteAt } from "./durable.ts";

const PIECE_BYTES = 2 ** 20;

/** A blob on its way in. */
export interface Part {
  readonly path: string;
  readonly owner: string;
  readonly file: FileHandle;
  receivedBytes: number;
  /** Of what was received; undefined where some of it came before the file was opened: then all is read again, once. */
  readonly hash: Hash | undefined;
}

/** Parts that grew lately stay open with their hashes, at most so many. One owner's calls must come one by one. */
export interface OpenParts {
  readonly find: (path: string, owner: string) => Promise<Part | undefined>;
  readonly create: (path: string, owner: string) => Promise<Part>;
  /** Where writing fails, the part is as it was. */
  readonly grow: (part: Part, bytes: Uint8Array) => Promise<void>;
  readonly digest: (part: Part) => Promise<string>;
  readonly close: (part: Part) => Promise<void>;
  readonly drop: (path: string) => Promise<void>;
  readonly closeAll: () => Promise<void>;
}

export function createOpenParts({
  most,
  writeAt,
  now,
  isBusy,
}: {
  readonly most: number;
  readonly writeAt: WriteAt;
  readonly now: () => number;
  /** Whether an owner's part may be in use. */
  readonly isBusy: (owner: string) => boolean;
}): OpenParts {
  // In the order of their last use.
  const parts = new Map<string, Part>();

  const close = async (part: Part) => {
    if (parts.get(part.path) === part) parts.delete(part.path);
    await part.file.close();
  };
  const keep = async (part: Part): Promise<Part> => {
    parts.delete(part.path);
    parts.set(part.path, part);
    if (parts.size > most) {
      const isIdle = (other: Part) =>
        other !== part && (other.owner === part.owner || !isBusy(other.owner));
      const idle = parts.values().find(isIdle);
      if (idle !== undefined) await close(idle);
    }
    return part;
  };

  return {
    find: async (path, owner) => {
      const known = parts.get(path);
      if (known !== undefined) return keep(known);
      const file = await ifThere(open(path, "r+"));
      if (file === undefined) return undefined;
      const { size } = await file.stat();
      const hash = size === 0 ? createHash("sha256") : undefined;
      return keep({ path, owner, file, receivedBytes: size, hash });
    },
    create: async (path, owner) => {
      const file = await open(path, "w+", 0o600);
      return keep({ path, owner, file, receivedBytes: 0, hash: createHash("sha256") });
    },
    grow: async (part, bytes) => {
      try {
        await writeAt(part.file, bytes, part.receivedBytes);
      } catch (error) {
        await part.file.truncate(part.receivedBytes).catch(() => {});
        throw error;
      }
      part.hash?.update(bytes);
      part.receivedBytes += bytes.length;
      // The age of a part is counted by the same clock that is asked for it.
      await part.file.utimes(now() / 1000, now() / 1000);
    },
    digest: async (part) => (part.hash ?? (await hashOf(part))).digest("hex"),
    close,
    drop: async (path) => {
      const part = parts.get(path);
      if (part !== undefined) await close(part);
      await rm(path, { force: true });
    },
    closeAll: async () => {
      await Promise.all(parts.values().map(close));
    },
  };
}

async function hashOf({ file, receivedBytes }: Part): Promise<Hash> {
  const hash = createHash("sha256");
  const piece = new Uint8Array(Math.min(PIECE_BYTES, receivedBytes));
  for (let at = 0; at < receivedBytes;) {
    const { bytesRead } = await file.read(piece, 0, piece.length, at);
    if (bytesRead === 0) break;
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash;
}
