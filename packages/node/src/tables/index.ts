export { cachedTable, type CachedTable, type CacheOptions, type Origin } from "./cache.ts";
export { cacheDirectory, openCached, readCached } from "./read-cached.ts";
export { type StoredColumn, type StoredTable } from "./stored-table.ts";
