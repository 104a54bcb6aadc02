/**
 * A number in [0, size) for a text: FNV-1a over its UTF-16 code units, 32 bits, with the finaliser of
 * MurmurHash3, so that few texts need many rows before they spread evenly. The same everywhere, for ever:
 * tables trained with it depend on it.
 *
 * @example
 * hashOf("blue", 1000) // 920
 */
export function hashOf(text: string, size: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % size;
}
