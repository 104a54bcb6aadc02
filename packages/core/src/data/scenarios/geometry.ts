/** What decides the angles between scenarios. */
export interface Angles {
  readonly scenarios: Readonly<Record<string, { readonly group?: number | undefined }>>;
  /** Degrees within a group, and between scenarios of different groups. */
  readonly spread: number;
  readonly conflictAngle: number;
}

/** Unit vectors, one for each row of a matrix of their inner products. */
export interface UnitVectors {
  /** [rank] each. */
  readonly vectors: readonly Float64Array[];
  /** Dimensions that they span. */
  readonly rank: number;
}

/** What rounding may make of a squared length of 0, and of an inner product. */
const TOLERANCE = { length: 1e-12, product: 1e-6 };

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** The group of each scenario; where none is given, 0 and 1 in turn. */
export function groupOfScenarios({ scenarios }: Pick<Angles, "scenarios">): readonly number[] {
  return Object.values(scenarios).map(({ group }, k) => group ?? k % 2);
}

/**
 * One direction for each scenario, exactly at the angles that are asked for; undefined where there are no
 * such directions. Among K vectors all more than arccos(-1 / (K - 1)) apart there are none, so that
 * larger angles need groups.
 */
export function scenarioVectors(angles: Angles): UnitVectors | undefined {
  const groups = groupOfScenarios(angles);
  const within = Math.cos(radians(angles.spread));
  const between = Math.cos(radians(Math.max(angles.spread, angles.conflictAngle)));
  return vectorsOfGram(
    groups.map((a, j) => groups.map((b, k) => (j === k ? 1 : a === b ? within : between))),
  );
}

/** The largest whole number of degrees that groups can be apart, with the same spread. */
export function greatestConflictAngle(angles: Angles): number {
  let angle = 180;
  while (angle > 0 && scenarioVectors({ ...angles, conflictAngle: angle }) === undefined)
    angle -= 1;
  return angle;
}

/**
 * Rows of the Cholesky factor of a matrix with ones on its diagonal; undefined where the matrix is not
 * positive semi-definite. A row that depends on earlier ones opens no dimension. What later rows are
 * changes no earlier one.
 */
export function vectorsOfGram(gram: readonly (readonly number[])[]): UnitVectors | undefined {
  const vectors: number[][] = [];
  /** The row that opened each dimension. */
  const opened: number[] = [];
  for (const [k, products] of gram.entries()) {
    const vector: number[] = [];
    for (const [c, row] of opened.entries())
      vector.push((products[row]! - inner(vector, vectors[row]!)) / vectors[row]![c]!);
    const left = 1 - inner(vector, vector);
    if (left < -TOLERANCE.length) return undefined;
    if (left > TOLERANCE.length) {
      opened.push(k);
      vector.push(Math.sqrt(left));
    }
    if (
      vectors.some((other, j) => Math.abs(inner(vector, other) - products[j]!) > TOLERANCE.product)
    )
      return undefined;
    vectors.push(vector);
  }
  const rank = opened.length;
  return {
    vectors: vectors.map((vector) => {
      const padded = new Float64Array(rank);
      padded.set(vector);
      return padded;
    }),
    rank,
  };
}

/** Inner product; the shorter vector counts as followed by zeros. */
function inner(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) sum += a[i]! * b[i]!;
  return sum;
}
