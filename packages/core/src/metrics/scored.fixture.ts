import { streamOf, uniform, uniformBelow } from "../random/index.ts";
import type { Scored } from "./types.ts";

/** One row of a test: user, label, score and, for ranked lists, the list. */
export type Row = readonly [user: number, label: number, score: number, list?: number];

export function scoredOf(rows: readonly Row[], numUsers: number): Scored {
  const lists = rows.map(([, , , list]) => list);
  return {
    examples: {
      numRows: rows.length,
      rows: { numRows: 0, categorical: new Int32Array(0), numeric: new Float32Array(0) },
      at: new Int32Array(rows.length),
      label: Float32Array.from(rows, ([, label]) => label),
      user: Int32Array.from(rows, ([user]) => user),
      ...(lists.some((list) => list !== undefined) && {
        list: Int32Array.from(lists, (list) => list!),
      }),
    },
    scores: Float64Array.from(rows, ([, , score]) => score),
    numUsers,
  };
}

/**
 * Rows of users that differ in activity, taste and how they are scored, with ties (scores on a grid) and
 * a calibration gap that is clear in every bin: clicks are rarer than scores say.
 */
export function labelledWorld(seed: number, numUsers: number): Row[] {
  const stream = streamOf(seed, "labelled");
  const rows: Row[] = [];
  for (let user = 0; user < numUsers; user++) {
    const taste = uniform(stream);
    const numRows = 2 + uniformBelow(stream, 12);
    for (let i = 0; i < numRows; i++) {
      const score = Math.round(40 * (0.1 + 0.55 * uniform(stream) + 0.3 * taste)) / 40;
      const chance = 0.55 * score * (0.6 + 0.8 * uniform(stream));
      rows.push([user, uniform(stream) < chance ? 1 : 0, score]);
    }
  }
  return rows;
}

/** One to three lists per user, one positive and then nine candidates, with ties. */
export function rankedWorld(seed: number, numUsers: number): Row[] {
  const stream = streamOf(seed, "ranked");
  const rows: Row[] = [];
  let list = 0;
  for (let user = 0; user < numUsers; user++) {
    const luck = uniform(stream);
    const numLists = 1 + uniformBelow(stream, 3);
    for (let l = 0; l < numLists; l++, list++)
      for (let i = 0; i < 10; i++) {
        const score = uniform(stream) + (i === 0 ? 0.6 * luck : 0);
        rows.push([user, i === 0 ? 1 : 0, Math.round(20 * score) / 32, list]);
      }
  }
  return rows;
}

/** The rows as a sample that holds user u `copies[u]` times; each copy is a user of its own. */
export function resampled(rows: readonly Row[], copies: readonly number[]): Scored {
  const byUser = new Map<number, Row[]>();
  for (const row of rows) {
    const own = byUser.get(row[0]);
    if (own) own.push(row);
    else byUser.set(row[0], [row]);
  }
  const sample: Row[] = [];
  let user = 0;
  let list = -1;
  copies.forEach((count, original) => {
    for (let copy = 0; copy < count; copy++, user++) {
      let previous: number | undefined;
      for (const [, label, score, of] of byUser.get(original) ?? []) {
        if (of !== undefined && of !== previous) list++;
        previous = of;
        sample.push(of === undefined ? [user, label, score] : [user, label, score, list]);
      }
    }
  });
  return scoredOf(sample, user);
}
