/** Discrete Fourier transforms of real numbers, of one size: a power of two, 2 or more. */
export interface Fourier {
  /** Frequencies 0..size / 2 of X_k = sum over j of x_j exp(-2 pi i j k / size); the others are conjugates. */
  readonly forward: (values: Float64Array, spectrum: Spectrum) => void;
  /** x_j = sum over all k of X_k exp(2 pi i j k / size), from frequencies 0..size / 2. Divides by nothing. */
  readonly inverse: (spectrum: Spectrum, values: Float64Array) => void;
  /**
   * Largest error of an entry where the absolute values of all inputs add to 1: each of log2(size) rounds
   * adds at most 7 units of 2^-53 (Higham 2002, theorem 24.2, taken entry by entry), as does the step between
   * real numbers and complex ones of half the size.
   */
  readonly error: number;
}

/** Two arrays of size / 2 + 1. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

/**
 * Radix 2, decimation in time (Cooley and Tukey 1965): a few lines of its own, because the error above is part
 * of what the accountant promises.
 */
export function fourier(size: number): Fourier {
  if (!(size >= 2 && Number.isInteger(Math.log2(size))))
    throw new RangeError(`fourier: size is ${size}; it must be a power of two, 2 or more`);
  const half = size / 2;
  const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / size));
  const sines = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / size));
  const re = new Float64Array(half);
  const im = new Float64Array(half);

  const forward: Fourier["forward"] = (values, { real, imaginary }) => {
    for (let j = 0; j < half; j++) {
      re[j] = values[2 * j]!;
      im[j] = values[2 * j + 1]!;
    }
    transform(re, im, { cosines, sines });
    real[0] = re[0]! + im[0]!;
    real[half] = re[0]! - im[0]!;
    imaginary[0] = imaginary[half] = 0;
    for (let k = 1; k < half; k++) {
      // Even entries' transform e, odd entries' o: X_k = e + w^k o.
      const eRe = 0.5 * (re[k]! + re[half - k]!);
      const eIm = 0.5 * (im[k]! - im[half - k]!);
      const oRe = 0.5 * (im[k]! + im[half - k]!);
      const oIm = 0.5 * (re[half - k]! - re[k]!);
      const [c, s] = [cosines[k]!, sines[k]!];
      real[k] = eRe + c * oRe - s * oIm;
      imaginary[k] = eIm + c * oIm + s * oRe;
    }
  };

  const inverse: Fourier["inverse"] = ({ real, imaginary }, values) => {
    for (let k = 0; k < half; k++) {
      const eRe = real[k]! + real[half - k]!;
      const eIm = imaginary[k]! - imaginary[half - k]!;
      const dRe = real[k]! - real[half - k]!;
      const dIm = imaginary[k]! + imaginary[half - k]!;
      const [c, s] = [cosines[k]!, sines[k]!];
      re[k] = eRe - (c * dIm - s * dRe);
      // Conjugate: the forward transform of it is the conjugate of the inverse one.
      im[k] = -(eIm + (c * dRe + s * dIm));
    }
    transform(re, im, { cosines, sines });
    for (let j = 0; j < half; j++) {
      values[2 * j] = re[j]!;
      values[2 * j + 1] = -im[j]!;
    }
  };
  return { forward, inverse, error: 7 * 2 ** -53 * Math.log2(size) };
}

/** The complex transform in place; its roots are every other one of those given. */
function transform(
  re: Float64Array,
  im: Float64Array,
  { cosines, sines }: { readonly cosines: Float64Array; readonly sines: Float64Array },
): void {
  const size = re.length;
  reverseBits(re, im);
  for (let half = 1; half < size; half *= 2) {
    const stride = size / half;
    for (let start = 0; start < size; start += 2 * half) {
      for (let j = 0; j < half; j++) {
        const even = start + j;
        const odd = even + half;
        const c = cosines[j * stride]!;
        const s = sines[j * stride]!;
        const x = c * re[odd]! - s * im[odd]!;
        const y = c * im[odd]! + s * re[odd]!;
        re[odd] = re[even]! - x;
        im[odd] = im[even]! - y;
        re[even]! += x;
        im[even]! += y;
      }
    }
  }
}

/** Moves every entry to the place whose number has its bits in the opposite order. */
function reverseBits(re: Float64Array, im: Float64Array): void {
  const size = re.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const x = re[i]!;
    const y = im[i]!;
    re[i] = re[j]!;
    im[i] = im[j]!;
    re[j] = x;
    im[j] = y;
  }
}
