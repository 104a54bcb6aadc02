import type { BlobStore } from "../blobs/index.ts";
import type { RunRecord } from "../record/index.ts";

/** Keeps the record and the blobs that it names together. */
export interface Keeper {
  /** Stores blobs and names them in the record, as one piece of work that no sweep comes between. */
  readonly storing: <T>(work: (touch: (sha256: string) => void) => Promise<T>) => Promise<T>;
  /** Deletes blobs that were named once and are no longer. */
  readonly sweep: () => Promise<void>;
}

export function createKeeper({
  record,
  blobs,
}: {
  readonly record: Pick<RunRecord, "blobsInUse">;
  readonly blobs: Pick<BlobStore, "remove">;
}): Keeper {
  let touched = new Set<string>();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    storing: (work) => inTurn(() => work((sha256) => touched.add(sha256))),
    sweep: () =>
      inTurn(async () => {
        const inUse = await record.blobsInUse();
        await blobs.remove([...touched].filter((sha256) => !inUse.has(sha256)));
        touched = new Set([...touched].filter((sha256) => inUse.has(sha256)));
      }),
  };
}
