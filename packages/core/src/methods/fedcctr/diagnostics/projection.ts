import { symmetricEigen } from "../../../request/index.ts";
import { isZero } from "./cosines.ts";
import type { Projection } from "./types.ts";

/** Users of whom points are drawn, evenly spaced among all. */
const MOST_USERS = 300;

/** Digits after the point that a picture can show. */
const DIGITS = 1e4;

/**
 * Principal components of unit vectors, all encoders together: centred, on the two eigenvectors of their
 * covariance with the greatest eigenvalues. An axis points to where its largest entry is positive, so that equal
 * vectors give equal pictures. Undefined of fewer than three vectors, or of vectors that are all equal.
 */
export function project(
  units: Float64Array,
  encoders: number,
  width: number,
): Projection | undefined {
  const users = units.length / (encoders * width);
  const step = Math.max(1, users / MOST_USERS);
  const points: { user: number; encoder: number; vector: Float64Array }[] = [];
  for (let user = 0; user < Math.min(users, MOST_USERS); user++)
    for (let encoder = 0; encoder < encoders; encoder++) {
      const at = (Math.floor(user * step) * encoders + encoder) * width;
      const vector = units.slice(at, at + width);
      if (!isZero(vector)) points.push({ user, encoder, vector });
    }
  if (points.length < 3) return undefined;
  const centre = new Float64Array(width);
  for (const { vector } of points)
    for (let i = 0; i < width; i++) centre[i]! += vector[i]! / points.length;
  for (const { vector } of points) for (let i = 0; i < width; i++) vector[i]! -= centre[i]!;
  const { values, vectors } = symmetricEigen(
    covarianceOf(
      points.map(({ vector }) => vector),
      width,
    ),
    width,
  );
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  // Rounding alone leaves about 1e-16 of vectors of length 1.
  if (total < 1e-12) return undefined;
  const [first, second] = [0, 1].map((k) => (k < width ? pointed(vectors[k]!) : undefined));
  const along = (axis: Float64Array | undefined) => (point: { readonly vector: Float64Array }) => {
    let sum = 0;
    if (axis !== undefined) for (let i = 0; i < width; i++) sum += axis[i]! * point.vector[i]!;
    // Adding 0 turns -0 into 0.
    return Math.round(sum * DIGITS) / DIGITS + 0;
  };
  return {
    encoder: points.map(({ encoder }) => encoder),
    user: points.map(({ user }) => user),
    x: points.map(along(first)),
    y: points.map(along(second)),
    explained: [Math.max(0, values[0]!) / total, Math.max(0, values[1] ?? 0) / total],
  };
}

function covarianceOf(vectors: readonly Float64Array[], width: number): Float64Array {
  const covariance = new Float64Array(width * width);
  for (const vector of vectors)
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++)
        covariance[i * width + j]! += (vector[i]! * vector[j]!) / vectors.length;
  return covariance;
}

/** The axis, or its opposite. */
function pointed(axis: Float64Array): Float64Array {
  let largest = 0;
  for (let i = 1; i < axis.length; i++)
    if (Math.abs(axis[i]!) > Math.abs(axis[largest]!) + 1e-9) largest = i;
  return axis[largest]! < 0 ? axis.map((entry) => -entry) : axis;
}
