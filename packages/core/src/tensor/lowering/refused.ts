/** Why a jax-js primitive is not part of programs, and what to do instead. */
const refusals: Readonly<Record<string, string>> = {
  random_bits:
    "a program computes the same from the same inputs: draw masks and noise outside and pass them " +
    "as inputs, new ones for every run",
  bit_shift:
    "multiply by a power of two instead of shifting left, np.floorDivide by one instead of " +
    "shifting right",
  bit_count: "count the bits outside and pass the counts as an input",
  bitcast:
    "values are not reinterpreted: read a sign with x.less(0), give a sign with np.where, and prepare " +
    "other bit patterns outside and pass them as inputs",
  triangular_solve: "solve the system outside and pass the solution as an input",
  cholesky: "factor the matrix outside and pass the factor as an input",
  lu: "factor, invert or solve outside (np.linalg.inv, solve, det) and pass the result as an input",
  jacobi_eigh: "decompose the matrix outside (eigh, svd) and pass the factors as inputs",
  fft:
    "transform outside and pass the result as an input, or multiply by a constant matrix of cosines " +
    "and sines",
};

/** The way out for a primitive without a lowering. */
export function wayOut(primitive: string, supported: readonly string[]): string {
  return (
    refusals[primitive] ??
    `write the function with supported ones (${supported.join(", ")}) or add a rule to ` +
      `tensor/lowering/rules.ts`
  );
}
