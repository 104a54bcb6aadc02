/** An array that other threads read without a copy, of the given kind. */
export function sharedArray<T extends Float32Array | Int32Array>(
  kind: new (buffer: SharedArrayBuffer) => T,
  length: number,
): T {
  return new kind(new SharedArrayBuffer(length * 4));
}
