import type { Histories } from "./examples.ts";
import type { SplitClient } from "./prepare-types.ts";

/**
 * What a client's users chose before each row, as the first table row of an item per row says. Rows are in
 * time order. Of training and validation rows it is the user's earlier positive training rows, of test
 * rows also the earlier validation ones; no history holds a test row, and none its own or a later row.
 */
export function historiesOf(split: SplitClient, length: number, itemRow: Int32Array): Histories {
  const { user, numUsers, label, train, valid, test } = split;
  const numRows = user.length;
  const partOf = new Uint8Array(numRows);
  for (const row of train) partOf[row] = 1;
  for (const row of valid) partOf[row] = 2;
  for (const row of test) partOf[row] = 3;
  const positive = (row: number, upTo: number) =>
    partOf[row]! >= 1 && partOf[row]! <= upTo && label[row] === 1;

  const items: number[] = [];
  /** Lays each user's positives of the parts up to `upTo` one after another: where each user begins. */
  const lay = (upTo: number): { begins: Int32Array; counts: Int32Array } => {
    const counts = new Int32Array(numUsers);
    for (let row = 0; row < numRows; row++) if (positive(row, upTo)) counts[user[row]!]! += 1;
    const begins = new Int32Array(numUsers);
    let at = items.length;
    for (let u = 0; u < numUsers; u++) {
      begins[u] = at;
      at += counts[u]!;
    }
    items.length = at;
    const next = begins.slice();
    for (let row = 0; row < numRows; row++)
      if (positive(row, upTo)) items[next[user[row]!]!++] = itemRow[row]!;
    return { begins, counts };
  };
  const trained = lay(1);
  const known = lay(2);

  const starts = new Int32Array(numRows);
  const ends = new Int32Array(numRows);
  const passed = new Int32Array(numUsers);
  const passedKnown = new Int32Array(numUsers);
  for (let row = 0; row < numRows; row++) {
    const u = user[row]!;
    const isTest = partOf[row] === 3;
    starts[row] = (isTest ? known : trained).begins[u]!;
    ends[row] = starts[row]! + (isTest ? passedKnown : passed)[u]!;
    if (positive(row, 1)) passed[u]! += 1;
    if (positive(row, 2)) passedKnown[u]! += 1;
  }
  return {
    length,
    items: Int32Array.from(items),
    starts,
    ends,
    userStarts: trained.begins,
    userEnds: trained.begins.map((begin, u) => begin + trained.counts[u]!),
  };
}

/** Histories of several clients, rows and users one client after another. */
export function joinHistories(parts: readonly Histories[]): Histories {
  let offset = 0;
  const shifted = parts.map((part) => {
    const by = offset;
    offset += part.items.length;
    const shift = (values: Int32Array) => values.map((value) => value + by);
    return {
      items: part.items,
      starts: shift(part.starts),
      ends: shift(part.ends),
      userStarts: shift(part.userStarts),
      userEnds: shift(part.userEnds),
    };
  });
  const join = (pick: (part: (typeof shifted)[number]) => Int32Array) =>
    joinInts(shifted.map((part) => pick(part)));
  return {
    length: parts[0]!.length,
    items: join((part) => part.items),
    starts: join((part) => part.starts),
    ends: join((part) => part.ends),
    userStarts: join((part) => part.userStarts),
    userEnds: join((part) => part.userEnds),
  };
}

/** One array after another. */
export function joinInts(parts: readonly Int32Array[]): Int32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
