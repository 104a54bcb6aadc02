/**
 * MurmurHash3 (x86, 32 bits) of bytes, as a signed integer.
 *
 * Source: Appleby, smhasher, MurmurHash3.cpp.
 */
export function murmurHash(bytes: Uint8Array, seed = 0): number {
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed | 0;
  for (let i = 0; i < whole; i += 4) {
    const block = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    hash ^= scrambled(block);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = bytes.length - 1; i >= whole; i--) rest = (rest << 8) | bytes[i]!;
  hash ^= scrambled(rest);
  return avalanche(hash ^ bytes.length);
}

function scrambled(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}

/** Lets every bit of the state change each bit of the result. */
function avalanche(state: number): number {
  let hash = state;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
