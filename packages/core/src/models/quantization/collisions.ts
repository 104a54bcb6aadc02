import { sinkhornRows } from "./sinkhorn.ts";
import { squaredDistance } from "./vectors.ts";

/** Items by tuple: every group of two or more with the same codes, in the order of their first item. */
export function collidingGroups(codes: Int32Array, levels: number): number[][] {
  const groups = new Map<string, number[]>();
  for (let i = 0; i * levels < codes.length; i++) {
    const key = codes.subarray(i * levels, (i + 1) * levels).join(",");
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** (n - number of different tuples) / n */
export function collisionRate(codes: Int32Array, levels: number): number {
  const extra = collidingGroups(codes, levels).reduce((sum, group) => sum + group.length - 1, 0);
  return codes.length === 0 ? 0 : (extra * levels) / codes.length;
}

export interface LastLevel {
  readonly levels: number;
  readonly width: number;
  /** [n * width], what the last level quantises of every item. */
  readonly residuals: Float32Array;
  /** [codes * width] */
  readonly rows: Float32Array;
  readonly epsilon: number;
  readonly iterations: number;
  readonly rounds: number;
}

/**
 * Gives the items of each tuple that several have other codes on the last level, as Sinkhorn's algorithm
 * shares them out within the group; again while groups are left, for a given number of rounds (LC-Rec).
 * Returns new codes.
 */
export function shareOutCodes(given: Int32Array, last: LastLevel): Int32Array {
  const { levels, width, residuals, rows, rounds } = last;
  const codes = given.slice();
  const numCodes = rows.length / width;
  for (let round = 0; round < rounds; round++) {
    const groups = collidingGroups(codes, levels);
    if (groups.length === 0) break;
    let hasMoved = false;
    for (const group of groups) {
      const distances = new Float64Array(group.length * numCodes);
      group.forEach((item, g) => {
        for (let k = 0; k < numCodes; k++)
          distances[g * numCodes + k] = squaredDistance(residuals, item, rows, k, width);
      });
      const assigned = sinkhornRows(distances, numCodes, last);
      group.forEach((item, g) => {
        const at = item * levels + levels - 1;
        hasMoved ||= codes[at] !== assigned[g];
        codes[at] = assigned[g]!;
      });
    }
    if (!hasMoved) break;
  }
  return codes;
}

/** Appends to every tuple its item's position among the items of equal tuples: [n * (levels + 1)]. */
export function withIndex(codes: Int32Array, levels: number): Int32Array {
  const n = codes.length / levels;
  const unique = new Int32Array(n * (levels + 1));
  for (let i = 0; i < n; i++)
    unique.set(codes.subarray(i * levels, (i + 1) * levels), i * (levels + 1));
  for (const group of collidingGroups(codes, levels))
    group.forEach((item, position) => {
      unique[item * (levels + 1) + levels] = position;
    });
  return unique;
}
