import { shuffle } from "../../random/index.ts";
import { rowsByUser } from "./order.ts";
import { partsOf, TEST, VALID, type Parts, type SplittableRows } from "./split.ts";

interface PerUserRatio {
  readonly order: "time" | "random";
  readonly valid: number;
  readonly test: number;
  readonly minimumRows: number;
}

/**
 * Each user's n rows are cut by shares: the last round(n test) are test, the round(n valid) before them
 * validation, each at least one, with at least one left to train. With order random, the user's rows are
 * shuffled before. Users with too few rows only train.
 */
export function perUserRatio(
  { numRows, user, numUsers, random }: SplittableRows,
  { order, valid, test, minimumRows }: PerUserRatio,
): Parts {
  const part = new Uint8Array(numRows);
  const { offsets, rows } = rowsByUser(user, numUsers);
  let short = 0;
  for (let u = 0; u < numUsers; u++) {
    const own = rows.subarray(offsets[u], offsets[u + 1]);
    const count = own.length;
    if (count < minimumRows) {
      short += 1;
      continue;
    }
    if (order === "random") shuffle(random, own);
    const numTest = Math.min(count - 2, Math.max(1, Math.round(count * test)));
    const numValid = Math.min(count - 1 - numTest, Math.max(1, Math.round(count * valid)));
    for (let i = count - numTest - numValid; i < count; i++)
      part[own[i]!] = i < count - numTest ? VALID : TEST;
  }
  return partsOf(
    part,
    short > 0
      ? [`${short} of ${numUsers} users have fewer than ${minimumRows} rows: they only train`]
      : [],
  );
}
