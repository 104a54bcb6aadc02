export { openBlobStore, type BlobStoreOptions, type OpenBlobStore } from "./blob-store.ts";
export type { WriteAt } from "./durable.ts";
export type { Arrival, BlobStore, Sha256 } from "./types.ts";
