export { openBlobStore, type BlobStoreOptions, type OpenBlobStore } from "./blob-store.ts";
export { fullDisk, isFullDisk, type WriteAt } from "./durable.ts";
export type { Arrival, BlobStore, Sha256 } from "./types.ts";
