/** Sweeps after which a matrix that still is not diagonal never will be: it holds something not finite. */
const MOST_SWEEPS = 60;

/** Values in descending order, and vectors[k] the unit vector of values[k]. */
export interface Eigen {
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
}

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, [n * n], by cyclic Jacobi rotations: each makes one
 * entry off the diagonal zero, and sweeps over all of them go on until what is left is rounding. Golub
 * and Van Loan 2013, section 8.5. The matrix is overwritten.
 */
export function symmetricEigen(a: Float64Array, n: number): Eigen {
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  const size = Math.hypot(...a);
  for (let sweep = 0; offDiagonal(a, n) > 1e-15 * size; sweep++) {
    if (sweep === MOST_SWEEPS) throw new RangeError("the matrix has entries that are not finite");
    for (let p = 0; p < n; p++)
      for (let q = p + 1; q < n; q++) {
        if (a[p * n + q] === 0) continue;
        const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * a[p * n + q]!);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotateColumns(a, n, p, q, c, t * c);
        rotateRows(a, n, p, q, c, t * c);
        rotateColumns(v, n, p, q, c, t * c);
      }
  }
  const order = Array.from({ length: n }, (_, k) => k).sort(
    (i, j) => a[j * n + j]! - a[i * n + i]!,
  );
  return {
    values: Float64Array.from(order, (k) => a[k * n + k]!),
    vectors: order.map((k) => Float64Array.from({ length: n }, (_, i) => v[i * n + k]!)),
  };
}

function offDiagonal(a: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) sum += a[i * n + j]! ** 2;
  return Math.sqrt(sum);
}

function rotateColumns(a: Float64Array, n: number, p: number, q: number, c: number, s: number) {
  for (let i = 0; i < n; i++) {
    const x = a[i * n + p]!;
    const y = a[i * n + q]!;
    a[i * n + p] = c * x - s * y;
    a[i * n + q] = s * x + c * y;
  }
}

function rotateRows(a: Float64Array, n: number, p: number, q: number, c: number, s: number) {
  for (let i = 0; i < n; i++) {
    const x = a[p * n + i]!;
    const y = a[q * n + i]!;
    a[p * n + i] = c * x - s * y;
    a[q * n + i] = s * x + c * y;
  }
}
