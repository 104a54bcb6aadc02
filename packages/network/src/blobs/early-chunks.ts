/** How far a chunk may be ahead of what has arrived, and what one owner's may hold of memory. */
const MAX_AHEAD_BYTES = 2 ** 23;
/** What all of them may hold together. */
const MAX_BYTES = 2 ** 26;

interface Ahead {
  readonly chunks: Map<number, Uint8Array>;
  readonly owner: string;
}

/**
 * Chunks that overtook others on their way. They are kept in memory for a moment and promised to nobody: whoever sent
 * one sends it again where the gap before it is not filled.
 */
export interface EarlyChunks {
  /** Keeps a chunk, if it is near and there is room. */
  readonly keep: (
    path: string,
    chunk: { readonly owner: string; readonly offset: number; readonly bytes: Uint8Array },
    receivedBytes: number,
  ) => void;
  /** Takes out the chunk that goes on from here. */
  readonly next: (path: string, receivedBytes: number) => Uint8Array | undefined;
  readonly drop: (path: string) => void;
}

export function createEarlyChunks(): EarlyChunks {
  const parts = new Map<string, Ahead>();
  const held = new Map<string, number>();
  let total = 0;

  const count = (owner: string, bytes: number) => {
    total += bytes;
    const left = (held.get(owner) ?? 0) + bytes;
    if (left === 0) held.delete(owner);
    else held.set(owner, left);
  };
  const remove = (path: string, { chunks, owner }: Ahead, offset: number) => {
    count(owner, -chunks.get(offset)!.length);
    chunks.delete(offset);
    if (chunks.size === 0) parts.delete(path);
  };

  return {
    keep: (path, { owner, offset, bytes }, receivedBytes) => {
      const { length } = bytes;
      const own = (held.get(owner) ?? 0) + length;
      if (offset + length - receivedBytes > MAX_AHEAD_BYTES || own > MAX_AHEAD_BYTES) return;
      if (total + length > MAX_BYTES || length === 0) return;
      const ahead = parts.get(path) ?? { chunks: new Map<number, Uint8Array>(), owner };
      if (ahead.chunks.has(offset)) return;
      ahead.chunks.set(offset, bytes);
      parts.set(path, ahead);
      count(owner, length);
    },
    next: (path, receivedBytes) => {
      const ahead = parts.get(path);
      for (const [offset, bytes] of ahead?.chunks ?? []) {
        if (offset > receivedBytes) continue;
        remove(path, ahead!, offset);
        const fresh = bytes.subarray(receivedBytes - offset);
        if (fresh.length > 0) return fresh;
      }
      return undefined;
    },
    drop: (path) => {
      const ahead = parts.get(path);
      for (const offset of ahead?.chunks.keys() ?? []) remove(path, ahead!, offset);
    },
  };
}
