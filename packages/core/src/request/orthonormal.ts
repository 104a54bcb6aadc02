/** A column of which less than this share of its squared length is new hangs on those before it. */
const DEPENDENT = 1e-12;

/** The products of columns of `matrix` [rows, width]: [width, width], symmetric. */
export function gramMatrix(matrix: Float64Array, width: number): Float64Array {
  const rows = matrix.length / width;
  const gram = new Float64Array(width * width);
  // Four rows at a time, so that each entry of the result is read and written a quarter as often.
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const [a, b, c, d] = [row * width, (row + 1) * width, (row + 2) * width, (row + 3) * width];
    for (let i = 0; i < width; i++) {
      const [ai, bi, ci, di] = [matrix[a + i]!, matrix[b + i]!, matrix[c + i]!, matrix[d + i]!];
      for (let j = i; j < width; j++)
        gram[i * width + j]! +=
          ai * matrix[a + j]! + bi * matrix[b + j]! + ci * matrix[c + j]! + di * matrix[d + j]!;
    }
  }
  for (; row < rows; row++)
    for (let i = 0; i < width; i++) {
      const own = matrix[row * width + i]!;
      for (let j = i; j < width; j++) gram[i * width + j]! += own * matrix[row * width + j]!;
    }
  for (let i = 0; i < width; i++)
    for (let j = 0; j < i; j++) gram[i * width + j] = gram[j * width + i]!;
  return gram;
}

/**
 * Makes the columns of `matrix` [rows, width] orthonormal in place, from the first to the last, by the
 * Cholesky factor of their products; a column that hangs on those before it becomes zero. The error grows
 * with the square of the condition number: a second call removes it.
 * Stathopoulos and Wu 2002, "A block orthogonalization procedure with constant synchronization requirements".
 */
export function orthonormalise(matrix: Float64Array, width: number): void {
  const factor = choleskyFactor(gramMatrix(matrix, width), width);
  const rows = matrix.length / width;
  for (let r = 0; r < rows; r++) {
    const row = r * width;
    // Four columns at a time, so that each entry behind them is read and written a quarter as often.
    let k = 0;
    for (; k + 4 <= width; k += 4) {
      for (let i = k; i < k + 4; i++) {
        const value = solved(matrix[row + i]!, factor[i * width + i]!);
        matrix[row + i] = value;
        for (let j = i + 1; j < k + 4; j++) matrix[row + j]! -= value * factor[i * width + j]!;
      }
      const [a, b, c, d] = [k * width, (k + 1) * width, (k + 2) * width, (k + 3) * width];
      const [x, y] = [matrix[row + k]!, matrix[row + k + 1]!];
      const [z, w] = [matrix[row + k + 2]!, matrix[row + k + 3]!];
      for (let j = k + 4; j < width; j++)
        matrix[row + j]! -=
          x * factor[a + j]! + y * factor[b + j]! + z * factor[c + j]! + w * factor[d + j]!;
    }
    for (; k < width; k++) {
      const value = solved(matrix[row + k]!, factor[k * width + k]!);
      matrix[row + k] = value;
      for (let j = k + 1; j < width; j++) matrix[row + j]! -= value * factor[k * width + j]!;
    }
  }
}

function solved(rest: number, pivot: number): number {
  return pivot === 0 ? 0 : rest / pivot;
}

/** The upper R with gram = R^T R; a dependent column has a zero on the diagonal. */
function choleskyFactor(gram: Float64Array, width: number): Float64Array {
  const rest = gram.slice();
  for (let k = 0; k < width; k++) {
    const isDependent = rest[k * width + k]! <= DEPENDENT * gram[k * width + k]!;
    const pivot = isDependent ? 0 : Math.sqrt(rest[k * width + k]!);
    for (let j = k; j < width; j++)
      rest[k * width + j] = isDependent ? 0 : rest[k * width + j]! / pivot;
    for (let i = k + 1; i < width; i++)
      for (let j = i; j < width; j++)
        rest[i * width + j]! -= rest[k * width + i]! * rest[k * width + j]!;
  }
  return rest;
}
