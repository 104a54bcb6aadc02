/** True probabilities of several labels side by side at rows: [rows.length * columns.length], row-major. */
export function joinOracles(columns: readonly Float64Array[], rows: Int32Array): Float64Array {
  const T = columns.length;
  const joined = new Float64Array(rows.length * T);
  for (const [t, column] of columns.entries())
    for (let i = 0; i < rows.length; i++) joined[i * T + t] = column[rows[i]!]!;
  return joined;
}

/** The true probabilities of some rows, of all tasks. */
export function oracleAt(oracle: Float64Array, rows: Int32Array, numTasks: number): Float64Array {
  return Float64Array.from(
    { length: rows.length * numTasks },
    (_, i) => oracle[rows[Math.floor(i / numTasks)]! * numTasks + (i % numTasks)]!,
  );
}
