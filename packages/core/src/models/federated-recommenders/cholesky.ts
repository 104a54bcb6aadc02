/**
 * Solves A x = b for a symmetric positive definite A [n * n] of which only the lower triangle is read. A
 * becomes its factor L, b becomes x.
 *
 *   A = L L',   L y = b,   L' x = y
 *
 * Golub and Van Loan 2013, section 4.2. About n^3 / 6 multiply-adds; allocates nothing.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array): void {
  const n = b.length;
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j]!;
    for (let t = 0; t < j; t++) pivot -= a[j * n + t]! ** 2;
    if (!(pivot > 0))
      throw new RangeError(`the matrix is not positive definite: pivot ${j} is ${pivot}`);
    const root = Math.sqrt(pivot);
    a[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let entry = a[i * n + j]!;
      for (let t = 0; t < j; t++) entry -= a[i * n + t]! * a[j * n + t]!;
      a[i * n + j] = entry / root;
    }
  }
  for (let i = 0; i < n; i++) {
    let entry = b[i]!;
    for (let t = 0; t < i; t++) entry -= a[i * n + t]! * b[t]!;
    b[i] = entry / a[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let entry = b[i]!;
    for (let t = i + 1; t < n; t++) entry -= a[t * n + i]! * b[t]!;
    b[i] = entry / a[i * n + i]!;
  }
}
