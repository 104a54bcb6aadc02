/** Bytes that are asked for at once. */
const BUFFER_BYTES = 8192;
const UNIFORM_BYTES = 8;
const TWO_POW_MINUS_53 = 2 ** -53;

/**
 * Standard normal draws for noise that protects somebody: from bytes that nobody can foretell, not from
 * a stream that belongs to a seed. Box-Muller, both branches, with u and v of 53 random bits:
 *
 *   sqrt(-2 ln u) cos(2 pi v),  sqrt(-2 ln u) sin(2 pi v),      u on (0, 1], v on [0, 1)
 *
 * No draw lies beyond 8.58, where the normal distribution has 1e-17 of its mass. Noise in floating point has
 * a known hole: which sums of a value and a draw can occur at all may depend on the value (Mironov 2012).
 * What is reported as epsilon is that of exact arithmetic.
 */
export function secureNormal(randomBytes: (count: number) => Uint8Array): () => number {
  let view: DataView = new DataView(new ArrayBuffer(0));
  let at = 0;
  let second: number | undefined;
  /** Multiples of 2^-53 on [0, 1). */
  const uniform = (): number => {
    if (at === view.byteLength) {
      const bytes = randomBytes(BUFFER_BYTES);
      if (bytes.length !== BUFFER_BYTES)
        throw new RangeError(
          `secureNormal: asked for ${BUFFER_BYTES} random bytes, got ${bytes.length}`,
        );
      view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      at = 0;
    }
    const high = view.getUint32(at) >>> 5;
    const low = view.getUint32(at + 4) >>> 6;
    at += UNIFORM_BYTES;
    return (high * 67108864 + low) * TWO_POW_MINUS_53;
  };
  return () => {
    if (second !== undefined) {
      const draw = second;
      second = undefined;
      return draw;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform() + TWO_POW_MINUS_53));
    const angle = 2 * Math.PI * uniform();
    second = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
