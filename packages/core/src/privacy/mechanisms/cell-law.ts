/** Cells of half the real line are 1/16 wide; (1/16)^2 / 2 = 1 / CELL_RATE. */
export const CELLS = 16;
export const CELL_RATE = 512;

/** Bits of the fixed-point numbers beyond those that are asked for. */
const GUARD = 64;
const LEAST_WEIGHT = 1n << 32n;

/** 2^bits G(j) lies in [low[j], high[j] + 1). */
export interface CellBounds {
  readonly low: readonly bigint[];
  readonly high: readonly bigint[];
}

/**
 * The law of the cells j = 0, 1, 2, ..., whose probabilities are proportional to the normal density at their
 * left ends, as the probabilities G(j) of the j-th cell or a later one:
 *
 *   G(j) = sum_{i >= j} exp(-i^2 / 512) / sum_{i >= 0} exp(-i^2 / 512)
 *
 * Integers alone, every number bounded from both sides. G of the j that are missing is below 2^-bits.
 */
export function cellBounds(bits: number): CellBounds {
  const shift = BigInt(bits);
  const size = BigInt(bits + GUARD);
  const below = cellSums(size, 0n);
  const above = cellSums(size, 1n);
  return {
    low: below.map((sum) => (sum << shift) / above[0]!),
    high: above.map((sum) => (sum << shift) / below[0]!),
  };
}

/** sum_{i >= j} exp(-i^2 / 512) in units of 2^-size, bounded from below (`up` 0) or from above (`up` 1). */
export function cellSums(size: bigint, up: bigint): bigint[] {
  const times = (a: bigint, b: bigint): bigint => ((a * b) >> size) + up;
  const base = inverseExp(size, up);
  const square = times(base, base);
  const sums: bigint[] = [];
  let weight = 1n << size;
  // exp(-(j + 1)^2 / 512) = exp(-j^2 / 512) exp(-(2j + 1) / 512)
  for (let ratio = base; weight > LEAST_WEIGHT; ratio = times(ratio, square)) {
    sums.push(weight);
    weight = times(weight, ratio);
  }
  // Ratios are below 3/4 here, so that all that is left out adds up to less than four times the next.
  let sum = 4n * weight * up;
  for (let j = sums.length - 1; j >= 0; j--) {
    sum += sums[j]!;
    sums[j] = sum;
  }
  return sums;
}

/** exp(-1 / 512) in units of 2^-size, by its series. */
function inverseExp(size: bigint, up: bigint): bigint {
  let sum = 0n;
  let count = 0n;
  let sign = 1n;
  for (let term = 1n << size; term > 0n; term /= BigInt(CELL_RATE) * count) {
    sum += sign * term;
    sign = -sign;
    count++;
  }
  // A term is cut off by less than two units, and what is left out is less than one.
  return sum + (2n * up - 1n) * (2n * count + 1n);
}
