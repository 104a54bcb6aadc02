/** In units of 2^-1074, of which every finite number is a multiple. */
export function exact(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = Number(bits >> 52n);
  const fraction = bits & ((1n << 52n) - 1n);
  const size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return value < 0 ? -size : size;
}

/** The sum of squares, in units of 2^-2148. */
export function exactSquares(values: Iterable<number>): bigint {
  let sum = 0n;
  for (const value of values) sum += exact(value) ** 2n;
  return sum;
}
