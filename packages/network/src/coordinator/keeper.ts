import type { BlobStore } from "../blobs/index.ts";
import type { RunRecord } from "../record/index.ts";

/** Keeps the record and the blobs that it names together. */
export interface Keeper {
  /** Stores blobs and names them in the record, beside others who do, as one piece of work that no sweep comes between. */
  readonly storing: <T>(work: (touch: (sha256: string) => void) => Promise<T>) => Promise<T>;
  /** Work that nothing is stored beside. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Deletes blobs that were named once and are no longer. */
  readonly sweep: () => Promise<void>;
  /** Deletes those of the blobs that the record does not name, once nobody is about to name one. */
  readonly discard: (hashes: readonly string[]) => Promise<void>;
}

export function createKeeper({
  record,
  blobs,
}: {
  readonly record: Pick<RunRecord, "blobsInUse">;
  readonly blobs: Pick<BlobStore, "remove">;
}): Keeper {
  let touched = new Set<string>();
  const storing = new Set<Promise<unknown>>();
  let last: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    // Those that begin from now on wait for it.
    const before = [last, ...storing];
    const turn = Promise.all(before).then(work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    alone,
    discard: (hashes) =>
      alone(async () => {
        const inUse = await record.blobsInUse();
        await blobs.remove(hashes.filter((sha256) => !inUse.has(sha256)));
      }),
    storing: (work) => {
      const turn = last.then(() => work((sha256) => touched.add(sha256)));
      const over: Promise<unknown> = turn.catch(() => {});
      storing.add(over);
      void over.finally(() => storing.delete(over));
      return turn;
    },
    sweep: () =>
      alone(async () => {
        const inUse = await record.blobsInUse();
        await blobs.remove([...touched].filter((sha256) => !inUse.has(sha256)));
        touched = new Set([...touched].filter((sha256) => inUse.has(sha256)));
      }),
  };
}
