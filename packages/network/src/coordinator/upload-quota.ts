import type { Sha256 } from "../blobs/index.ts";
import type { Keeper } from "./keeper.ts";

/** Uploads of one client that no answer has named yet; a silo has one for each cell that it works on. */
const MAX_UNNAMED = 16;

/** Keeps clients from filling the disk with what no answer names. */
export interface UploadQuota {
  /** A client's upload is there as a whole; the oldest beyond the limit are deleted. */
  readonly arrived: (client: string, sha256: Sha256) => Promise<void>;
  /** An answer names it. */
  readonly named: (client: string, sha256: Sha256) => void;
}

export function createUploadQuota({ discard }: Pick<Keeper, "discard">): UploadQuota {
  const unnamed = new Map<string, Set<Sha256>>();
  return {
    arrived: async (client, sha256) => {
      const own = unnamed.get(client) ?? new Set<Sha256>();
      unnamed.set(client, own);
      own.delete(sha256);
      own.add(sha256);
      const surplus = [...own].slice(0, Math.max(0, own.size - MAX_UNNAMED));
      for (const oldest of surplus) own.delete(oldest);
      if (surplus.length > 0) await discard(surplus);
    },
    named: (client, sha256) => {
      unnamed.get(client)?.delete(sha256);
    },
  };
}
