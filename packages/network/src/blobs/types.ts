/** Bytes by their SHA-256, in lower-case hex. */
export type Sha256 = string;

/** What a receiver has of a blob that arrives piece by piece. */
export interface Arrival {
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Bytes from the beginning on that are on disk; a sender goes on from here. */
  readonly receivedBytes: number;
  /** Whether all bytes are there and have the hash that was claimed. */
  readonly isWhole: boolean;
}

/**
 * Bytes on disk, found by their hash. Written so that a kill at any instant leaves a blob whole or absent; what had
 * arrived of a part stays. Nothing is held in memory as a whole.
 */
export interface BlobStore {
  /** Stores pieces that follow each other; the same bytes twice are stored once. */
  readonly put: (
    pieces: readonly Uint8Array[],
  ) => Promise<{ readonly sha256: Sha256; readonly sizeBytes: number }>;
  /** How much of a blob is there; BLOB_TOO_LARGE where the claim is more than the limit: nothing is allocated for it. */
  readonly arrivalOf: (
    owner: string,
    claim: { readonly sha256: Sha256; readonly sizeBytes: number },
  ) => Promise<Arrival>;
  /**
   * Takes one chunk of what `owner` sends. Of a chunk that overlaps what is there only the new part counts; one that
   * leaves a gap counts once the gap is filled, if it is not forgotten by then, as far ones and many are. When the last byte is there, the hash is checked: BLOB_DAMAGED, and the part is
   * dropped, where it differs.
   */
  readonly append: (
    owner: string,
    claim: { readonly sha256: Sha256; readonly sizeBytes: number },
    chunk: { readonly offset: number; readonly bytes: Uint8Array },
  ) => Promise<Arrival>;
  /** Size of a whole blob; undefined where it is absent. */
  readonly sizeOf: (sha256: Sha256) => number | undefined;
  /** Bytes of a whole blob from `from` up to, but without, `to`. BLOB_MISSING. Synchronous: readers of messages are. */
  readonly read: (sha256: Sha256, from: number, to: number) => Uint8Array;
  /** Deletes whole blobs; those that are absent are no matter. */
  readonly remove: (hashes: readonly Sha256[]) => Promise<void>;
  /** Deletes whole blobs that are not among those kept, and parts older than a day. */
  readonly collect: (kept: ReadonlySet<Sha256>) => Promise<number>;
}
