/** Rows and columns of a tile. */
const TILE = 64;
/** Terms of a dot product between two touches of its sum: six rows of them fit the first-level cache. */
const CHUNK = 512;

/**
 * Replaces a symmetric positive definite matrix, [n * n] row-major of which only the lower triangle is
 * read, by its whole inverse, without further memory than n numbers. A generator that gives control
 * back after every tile row: run to its end, the matrix is inverted.
 *
 *   A = L L',   N = (L^-1)',   A^-1 = N N'
 *
 * All three are dot products of rows: L_ij needs rows i and j of L; N_ji, of the upper triangle, row i of
 * L and row j of N; (A^-1)_ij rows i and j of N. About n^3 / 2 multiply-adds (Golub and Van Loan 2013,
 * section 4.2).
 */
export function* invertSymmetric(a: Float64Array, n: number): Generator<void, void> {
  yield* factorise(a, n);
  // From here on the diagonal holds 1 / L_ii, which is N_ii.
  for (let i = 0; i < n; i++) {
    a[i * n + i] = 1 / a[i * n + i]!;
    a.fill(0, i * n + i + 1, (i + 1) * n);
  }
  yield* invertFactor(a, n);
  yield* multiplyByTranspose(a, n);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) a[i * n + j] = a[j * n + i]!;
}

/** The lower triangle becomes L, one tile column after another. */
function* factorise(a: Float64Array, n: number): Generator<void, void> {
  for (let from = 0; from < n; from += TILE) {
    const to = Math.min(n, from + TILE);
    for (let row = from; row < n; row += TILE)
      addProducts(a, n, [row, Math.min(n, row + TILE)], [from, to], [0, from], -1);
    for (let j = from; j < to; j++) {
      const pivot = a[j * n + j]! - dot(a, j * n, j * n, from, j);
      if (!(pivot > 0))
        throw new RangeError(`the matrix is not positive definite: pivot ${j} is ${pivot}`);
      const root = Math.sqrt(pivot);
      a[j * n + j] = root;
      for (let i = j + 1; i < n; i++)
        a[i * n + j] = (a[i * n + j]! - dot(a, i * n, j * n, from, j)) / root;
    }
    yield;
  }
}

/** The upper triangle becomes N: N_ji = -(1 / L_ii) sum_{j <= t < i} L_it N_jt. */
function* invertFactor(a: Float64Array, n: number): Generator<void, void> {
  for (let from = 0; from < n; from += TILE) {
    const to = Math.min(n, from + TILE);
    for (let top = 0; top < from; top += TILE)
      addProducts(a, n, [top, top + TILE], [from, to], [top + TILE, from], 1);
    for (let j = 0; j < to; j++) {
      // What the tiles left out: the diagonal tile of N's row, and that of L's row.
      const tileEnd = Math.min(from, (Math.floor(j / TILE) + 1) * TILE);
      for (let i = Math.max(from, j + 1); i < to; i++) {
        const sum =
          a[j * n + i]! +
          dot(a, i * n, j * n, j, tileEnd) +
          dot(a, i * n, j * n, Math.max(from, j), i);
        a[j * n + i] = -sum * a[i * n + i]!;
      }
    }
    yield;
  }
}

/** The lower triangle becomes that of N N': P_ji = sum_{t >= j} N_jt N_it for i <= j. */
function* multiplyByTranspose(a: Float64Array, n: number): Generator<void, void> {
  const diagonal = new Float64Array(n);
  for (let j = 0; j < n; j++) a.fill(0, j * n, j * n + j);
  for (let from = 0; from < n; from += TILE) {
    const to = Math.min(n, from + TILE);
    for (let left = 0; left < from; left += TILE)
      addProducts(a, n, [from, to], [left, left + TILE], [to, n], 1);
    for (let j = from; j < to; j++) {
      for (let i = 0; i < j; i++) a[j * n + i]! += dot(a, j * n, i * n, j, i < from ? to : n);
      diagonal[j] = dot(a, j * n, j * n, j, n);
    }
    yield;
  }
  for (let j = 0; j < n; j++) a[j * n + j] = diagonal[j]!;
}

type Range = readonly [from: number, to: number];

/** a[x, y] += sign * sum_t a[x, t] a[y, t] for all x, y and t of the ranges. */
function addProducts(a: Float64Array, n: number, xs: Range, ys: Range, ts: Range, sign: 1 | -1) {
  for (let from = ts[0]; from < ts[1]; from += CHUNK) {
    const to = Math.min(ts[1], from + CHUNK);
    let x = xs[0];
    for (; x + 4 <= xs[1]; x += 4) {
      let y = ys[0];
      for (; y + 2 <= ys[1]; y += 2) addFourByTwo(a, n, x, y, from, to, sign);
      if (y < ys[1])
        for (let row = x; row < x + 4; row++)
          a[row * n + y]! += sign * dot(a, row * n, y * n, from, to);
    }
    for (; x < xs[1]; x++)
      for (let y = ys[0]; y < ys[1]; y++) a[x * n + y]! += sign * dot(a, x * n, y * n, from, to);
  }
}

/** Eight sums at a time: each number loaded serves several of them. */
function addFourByTwo(
  a: Float64Array,
  n: number,
  x: number,
  y: number,
  from: number,
  to: number,
  sign: 1 | -1,
) {
  const [x0, y0, y1] = [x * n, y * n, (y + 1) * n];
  const [x1, x2, x3] = [x0 + n, x0 + 2 * n, x0 + 3 * n];
  let [s00, s01, s10, s11, s20, s21, s30, s31] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let t = from; t < to; t++) {
    const left = a[y0 + t]!;
    const right = a[y1 + t]!;
    const v0 = a[x0 + t]!;
    s00 += v0 * left;
    s01 += v0 * right;
    const v1 = a[x1 + t]!;
    s10 += v1 * left;
    s11 += v1 * right;
    const v2 = a[x2 + t]!;
    s20 += v2 * left;
    s21 += v2 * right;
    const v3 = a[x3 + t]!;
    s30 += v3 * left;
    s31 += v3 * right;
  }
  a[x0 + y]! += sign * s00;
  a[x0 + y + 1]! += sign * s01;
  a[x1 + y]! += sign * s10;
  a[x1 + y + 1]! += sign * s11;
  a[x2 + y]! += sign * s20;
  a[x2 + y + 1]! += sign * s21;
  a[x3 + y]! += sign * s30;
  a[x3 + y + 1]! += sign * s31;
}

function dot(a: Float64Array, x: number, y: number, from: number, to: number): number {
  let sum = 0;
  for (let t = from; t < to; t++) sum += a[x + t]! * a[y + t]!;
  return sum;
}
