import { holds, itemsOf, itemsOfUser } from "../items-of-user.ts";
import type { SplitClient } from "../prepare-types.ts";
import { countAlsoAmong, wordsOf, wordsOfIndex } from "./equal-rows.ts";

/** What a held-out part has in common with training; null where the data cannot tell. */
export interface PartLeakage {
  readonly rows: number;
  /** Share of positive rows. */
  readonly labelRate: number;
  /** Distinct users of the part, those without training rows, and the rows of these. */
  readonly users: Seen | null;
  /** The same for items. */
  readonly items: Seen | null;
  /** Rows whose (user, item) pair is that of a training row. */
  readonly pairsInTraining: number | null;
  /** Rows that equal a training row in all features; not counted of rows on disk. */
  readonly rowsInTraining: number | null;
  /** Training rows later than the part's first row. */
  readonly trainingAfterFirst: number | null;
  /** Training rows later than the first row that their own user has in the part. */
  readonly trainingAfterOwn: number | null;
  /** Rows whose item training never draws as a negative of their user, though the user did not train on it. */
  readonly neverDrawn: number | null;
}

export interface Seen {
  readonly distinct: number;
  readonly unseen: number;
  readonly unseenRows: number;
}

/** A feature that tells the label by itself. */
export interface Telling {
  readonly feature: string;
  /** Of the feature alone on training rows, whichever way its order goes. */
  readonly auc: number;
  /** What it is as good as: the label itself, or the probability of a positive one. */
  readonly reads: "label" | "probability";
}

/** What a client's held-out rows have in common with its training rows. */
export interface Leakage {
  readonly training: { readonly rows: number; readonly labelRate: number };
  readonly valid: PartLeakage;
  readonly test: PartLeakage;
  /** Absent where no feature does. */
  readonly telling?: readonly Telling[];
}

/** Counts what the held-out rows of a split give away, or take for granted, of its training rows. */
export function leakageOf(split: SplitClient): Leakage {
  return {
    training: { rows: split.train.length, labelRate: labelRate(split, split.train) },
    valid: partLeakage(split, split.valid),
    test: partLeakage(split, split.test),
  };
}

function partLeakage(split: SplitClient, rows: Int32Array): PartLeakage {
  const { train, user, numUsers, numItems, counts } = split;
  const item = itemCodes(split);
  const hasUsers = counts.users > 0;
  return {
    rows: rows.length,
    labelRate: labelRate(split, rows),
    users: hasUsers ? seenIn(user, numUsers, train, rows) : null,
    items: item ? seenIn(item.codes, Math.max(numItems, item.numCodes), train, rows) : null,
    pairsInTraining:
      hasUsers && item
        ? countAlsoAmong([wordsOfIndex(user), wordsOfIndex(item.codes)], rows, train)
        : null,
    rowsInTraining: rowsInTraining(split, rows),
    trainingAfterFirst: afterFirst(split, rows),
    trainingAfterOwn: hasUsers ? afterOwn(split, rows) : null,
    neverDrawn: neverDrawn(split, rows),
  };
}

function rowsInTraining({ stored, categorical, numeric, train }: SplitClient, rows: Int32Array) {
  if (stored !== undefined) return null;
  const features = [...categorical, ...numeric].map(({ column }) => wordsOf(column));
  return features.length > 0 ? countAlsoAmong(features, rows, train) : 0;
}

function labelRate({ label }: SplitClient, rows: Int32Array): number {
  let positives = 0;
  for (const row of rows) positives += label[row]!;
  return rows.length === 0 ? 0 : positives / rows.length;
}

function itemCodes({ categorical, counts, stored }: SplitClient) {
  if (counts.items === 0 || stored !== undefined) return undefined;
  const column = categorical.find(({ name }) => name === "item")?.column;
  return column?.kind === "text"
    ? { codes: column.codes, numCodes: column.values.length }
    : undefined;
}

function seenIn(index: Int32Array, count: number, train: Int32Array, rows: Int32Array): Seen {
  const [SEEN, UNSEEN, KNOWN] = [1, 2, 3];
  const state = new Uint8Array(count);
  for (const row of train) state[index[row]!] = SEEN;
  let distinct = 0;
  let unseen = 0;
  let unseenRows = 0;
  for (const row of rows) {
    const entry = index[row]!;
    if (state[entry] === 0) {
      state[entry] = UNSEEN;
      distinct += 1;
      unseen += 1;
    } else if (state[entry] === SEEN) {
      state[entry] = KNOWN;
      distinct += 1;
    }
    if (state[entry] === UNSEEN) unseenRows += 1;
  }
  return { distinct, unseen, unseenRows };
}

function afterFirst({ time, train }: SplitClient, rows: Int32Array): number | null {
  if (time === undefined) return null;
  let first = Infinity;
  for (const row of rows) first = Math.min(first, time[row]!);
  let later = 0;
  for (const row of train) if (time[row]! > first) later += 1;
  return later;
}

function afterOwn({ time, train, user, numUsers }: SplitClient, rows: Int32Array): number | null {
  if (time === undefined) return null;
  const first = new Float64Array(numUsers).fill(Infinity);
  for (const row of rows) first[user[row]!] = Math.min(first[user[row]!]!, time[row]!);
  let later = 0;
  for (const row of train) if (time[row]! > first[user[row]!]!) later += 1;
  return later;
}

function neverDrawn({ sampling, user, numUsers, train }: SplitClient, rows: Int32Array) {
  if (sampling === undefined) return null;
  const { item, excludedOffsets: offsets, excludedItems: items } = sampling;
  const trained = itemsOfUser(numUsers, [
    { user: train.map((row) => user[row]!), item: train.map((row) => item[row]!) },
  ]);
  let never = 0;
  for (const row of rows) {
    const u = user[row]!;
    const i = item[row]!;
    if (holds(itemsOf({ offsets, items }, u), i) && !holds(itemsOf(trained, u), i)) never += 1;
  }
  return never;
}
