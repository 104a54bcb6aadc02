/** Sweeps of rotations; convergence is quadratic, and eight are plenty for hundreds of dimensions. */
const SWEEPS = 30;

/**
 * Eigenvectors of a symmetric matrix [width * width] by Jacobi's cyclic rotations, by decreasing
 * eigenvalue: row i of `vectors` is the i-th. Golub and Van Loan, Matrix Computations, section 8.5.
 */
export function eigenvectors(
  symmetric: Float64Array,
  width: number,
): { readonly values: Float64Array; readonly vectors: Float64Array } {
  const a = symmetric.slice();
  // Row i of v is the i-th eigenvector in the making: both indices of a rotation are rows.
  const v = new Float64Array(width * width);
  for (let i = 0; i < width; i++) v[i * width + i] = 1;
  const scale = Math.hypot(...diagonal(a, width)) || 1;
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0;
    for (let p = 0; p < width; p++)
      for (let q = p + 1; q < width; q++) off = Math.max(off, Math.abs(a[p * width + q]!));
    if (off <= 1e-14 * scale) break;
    for (let p = 0; p < width; p++) for (let q = p + 1; q < width; q++) rotate(a, v, width, p, q);
  }
  const values = diagonal(a, width);
  const order = [...values.keys()].sort((i, j) => values[j]! - values[i]! || i - j);
  const vectors = new Float64Array(width * width);
  order.forEach((from, to) =>
    vectors.set(v.subarray(from * width, (from + 1) * width), to * width),
  );
  return { values: Float64Array.from(order, (i) => values[i]!), vectors };
}

function diagonal(a: Float64Array, width: number): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => a[i * width + i]!);
}

/** One rotation that makes a[p, q] zero. */
function rotate(a: Float64Array, v: Float64Array, width: number, p: number, q: number): void {
  const apq = a[p * width + q]!;
  if (apq === 0) return;
  const theta = (a[q * width + q]! - a[p * width + p]!) / (2 * apq);
  const t = Math.sign(theta || 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  const turn = (array: Float64Array, i: number, j: number) => {
    const [x, y] = [array[i]!, array[j]!];
    array[i] = c * x - s * y;
    array[j] = s * x + c * y;
  };
  for (let k = 0; k < width; k++) turn(a, k * width + p, k * width + q);
  for (let k = 0; k < width; k++) turn(a, p * width + k, q * width + k);
  for (let k = 0; k < width; k++) turn(v, p * width + k, q * width + k);
}

/**
 * Turns centred vectors, [n * width], in place, into their principal axes by decreasing variance, each
 * axis in the direction that gives it positive skewness (third central moment): two spaces that differ
 * by a rotation become the same, as far as variances differ and distributions are skewed.
 */
export function turnToPrincipalAxes(vectors: Float64Array, width: number): void {
  const n = vectors.length / width;
  const covariance = new Float64Array(width * width);
  for (let row = 0; row < n; row++)
    for (let i = 0; i < width; i++)
      for (let j = i; j < width; j++)
        covariance[i * width + j]! += (vectors[row * width + i]! * vectors[row * width + j]!) / n;
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++) covariance[i * width + j] = covariance[j * width + i]!;
  const axes = eigenvectors(covariance, width).vectors;
  const turned = new Float64Array(width);
  const third = new Float64Array(width);
  for (let row = 0; row < n; row++) {
    for (let axis = 0; axis < width; axis++) {
      let sum = 0;
      for (let k = 0; k < width; k++) sum += axes[axis * width + k]! * vectors[row * width + k]!;
      turned[axis] = sum;
      third[axis]! += sum ** 3;
    }
    vectors.set(turned, row * width);
  }
  for (let row = 0; row < n; row++)
    for (let axis = 0; axis < width; axis++)
      if (third[axis]! < 0) vectors[row * width + axis]! *= -1;
}
