/** Scales a gradient down to the Euclidean norm `limit` where it is larger (Pascanu et al. 2013). */
export function clipToNorm(gradient: Float32Array, limit: number): void {
  let square = 0;
  for (const value of gradient) square += value * value;
  const norm = Math.sqrt(square);
  if (norm <= limit) return;
  const factor = limit / norm;
  for (let at = 0; at < gradient.length; at++) gradient[at]! *= factor;
}
