import type { RandomBytes } from "../../privacy/mechanisms/index.ts";
import type { RandomBits } from "../../random/index.ts";

/** Bytes taken at once. */
const BLOCK = 1 << 14;

/** Uniform 32-bit integers that nobody can foretell, of bytes that are, little-endian. */
export function secretBits(randomBytes: RandomBytes): RandomBits {
  let block: DataView = new DataView(new ArrayBuffer(0));
  let at = 0;
  return {
    next: () => {
      if (at === block.byteLength) {
        const bytes = randomBytes(BLOCK);
        block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        at = 0;
      }
      const bits = block.getInt32(at, true);
      at += 4;
      return bits;
    },
  };
}
