import { AtollError } from "../errors/index.ts";
import { streamOf } from "../random/index.ts";
import { drawCandidates, itemsOfUser } from "./candidates.ts";
import type { ColumnsConfig, NegativesConfig, SplitConfig } from "./config.ts";
import { negativesConfig } from "./config.ts";
import { dropDuplicates } from "./duplicates.ts";
import { indexValues, takeRows } from "./index-values.ts";
import { readLabels } from "./labels.ts";
import type { RoleColumn, SplitClient, SplitSampling } from "./prepare-types.ts";
import { applyRoles, type Roles } from "./roles.ts";
import { globalTime } from "./split/global-time.ts";
import { leaveOneOut } from "./split/leave-one-out.ts";
import { randomSplit } from "./split/random.ts";
import type { Parts, SplittableRows } from "./split/split.ts";
import type { RawTable } from "./table.ts";

/** What an experiment says about a client's rows. */
export interface SplitRules {
  readonly client: string;
  readonly columns: ColumnsConfig;
  readonly feedback: "explicit" | "implicit";
  readonly duplicates?: "keep" | "first" | "last";
  readonly split: SplitConfig;
  readonly negatives?: NegativesConfig;
  /** Column with the true click probability, synthetic worlds only. */
  readonly oracleColumn?: string;
}

function splitRows(rows: SplittableRows, config: SplitConfig): Parts {
  switch (config.kind) {
    case "leave-one-out":
      return leaveOneOut(rows, config);
    case "time":
      return globalTime(rows, config);
    case "random":
      return randomSplit(rows, config);
  }
}

/**
 * Applies roles, the duplicate rule and the split to a client's table, and draws the candidates that
 * evaluation ranks. Everything after this is encoding: the same rows and lists whatever vocabulary.
 */
export function splitClient(table: RawTable, rules: SplitRules, seed: number): SplitClient {
  const { client, columns, feedback } = rules;
  if (table.numRows === 0)
    throw new AtollError("DATA_EMPTY_FILE", `client "${client}": its file has no rows; give a file with rows or remove the client`);
  const roles = applyRoles(client, table, columns, rules.oracleColumn);
  const label = readLabels(client, roles.label, table.numRows, columns.label);
  if (feedback === "implicit" && (roles.user === undefined || roles.item === undefined))
    throw new AtollError(
      "DATA_NEEDS_IDS",
      `client "${client}": implicit feedback samples items that a user did not choose, but the role ${roles.user ? "item" : "user"} has no column; name it in data.columns`,
    );
  checkPresent(client, "user", columns.user, roles.user);
  checkPresent(client, "item", columns.item, roles.item);
  const notes: string[] = [];

  const inTime = timeOrder(client, table.numRows, roles, columns.time);
  const positives = feedback === "implicit" ? inTime.filter((row) => label[row] === 1) : inTime;
  if (positives.length < inTime.length)
    notes.push(`${inTime.length - positives.length} of ${inTime.length} rows are no positives: not learned from, and their items are never drawn as negatives`);
  const rows = withoutDuplicates(rules, positives, roles, notes);
  if (rows.length === 0)
    throw new AtollError("DATA_EMPTY_SPLIT", `client "${client}": none of ${table.numRows} rows is positive; lower data.columns.label.atLeast or remove the client`);

  const user = indexValues(roles.user, rows);
  const item = indexValues(roles.item, rows);
  const parts = splitRows(
    {
      client,
      numRows: rows.length,
      user: user.index,
      numUsers: user.count,
      time: roles.time && Float64Array.from(rows, (row) => roles.time![row]!),
      random: streamOf(seed, client, "split"),
    },
    rules.split,
  );
  notes.push(...parts.notes);
  const labels = Float32Array.from(rows, (row) => label[row]!);
  checkParts(rules, parts, labels);

  const column = (entry: RoleColumn) => ({ ...entry, column: takeRows(entry.column, rows) });
  return {
    client,
    feedback,
    categorical: roles.categorical.map(column),
    numeric: roles.numeric.map(column),
    label: labels,
    user: user.index,
    numUsers: user.count,
    numItems: roles.item === undefined ? 0 : item.count,
    train: parts.train,
    valid: parts.valid,
    test: parts.test,
    ...(roles.oracle && { oracle: Float64Array.from(rows, (row) => roles.oracle![row]!) }),
    ...(feedback === "implicit" && {
      sampling: sampleFor(rules, seed, parts, { user, item }, disliked(inTime, label, rows, roles), notes),
    }),
    counts: {
      train: parts.train.length,
      valid: parts.valid.length,
      test: parts.test.length,
      users: roles.user === undefined ? 0 : user.count,
      items: roles.item === undefined ? 0 : item.count,
    },
    notes,
  };
}

function checkPresent(client: string, role: string, name: string | undefined, column: Roles["user"]) {
  if (column?.kind !== "text") return;
  const missing = column.codes.reduce((sum, code) => sum + (code < 0 ? 1 : 0), 0);
  if (missing > 0)
    throw new AtollError(
      "DATA_MISSING_ID",
      `client "${client}": column "${name}" (role ${role}) is empty in ${missing} of ${column.codes.length} rows, first in row ${column.codes.indexOf(-1) + 1}; fill or remove these rows`,
    );
}

/** Row numbers by time, rows of one instant in file order; file order where no time is known. */
function timeOrder(client: string, numRows: number, { time }: Roles, name: string | undefined): Int32Array {
  const order = Int32Array.from({ length: numRows }, (_, row) => row);
  if (time === undefined) return order;
  const missing = time.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0);
  if (missing > 0)
    throw new AtollError(
      "DATA_MISSING_TIME",
      `client "${client}": column "${name}" (role time) is empty in ${missing} of ${numRows} rows, first in row ${time.findIndex(Number.isNaN) + 1}; fill or remove these rows`,
    );
  return order.sort((a, b) => time[a]! - time[b]! || a - b);
}

function withoutDuplicates(rules: SplitRules, rows: Int32Array, roles: Roles, notes: string[]): Int32Array {
  const rule = rules.duplicates ?? (rules.feedback === "implicit" ? "first" : "keep");
  if (roles.user === undefined || roles.item === undefined) return rows;
  const { index: user } = indexValues(roles.user, rows);
  const { index: item } = indexValues(roles.item, rows);
  const unique = dropDuplicates(rows, user, item, rule === "last" ? "last" : "first");
  const repeated = rows.length - unique.length;
  if (repeated === 0) return rows;
  if (rule === "keep") {
    notes.push(`${repeated} of ${rows.length} rows repeat an earlier (user, item) pair and were kept: a test item may already be in the user's history`);
    return rows;
  }
  notes.push(`${repeated} of ${rows.length} rows repeat a (user, item) pair: only the ${rule} of each was kept`);
  return unique;
}

function checkParts({ client, split, feedback, columns }: SplitRules, parts: Parts, label: Float32Array) {
  for (const name of ["train", "valid", "test"] as const)
    if (parts[name].length === 0)
      throw new AtollError(
        "DATA_EMPTY_SPLIT",
        `client "${client}": split ${split.kind} leaves no ${name} rows of ${label.length}; give more rows, another split, or remove the client`,
      );
  if (feedback === "implicit") return;
  const name = typeof columns.label === "string" ? columns.label : columns.label?.column;
  for (const part of ["train", "valid", "test"] as const) {
    const positives = parts[part].reduce((sum, row) => sum + label[row]!, 0);
    if (positives === 0 || positives === parts[part].length)
      throw new AtollError(
        "DATA_ONE_CLASS",
        `client "${client}": label "${name ?? "(none)"}" is ${positives === 0 ? 0 : 1} in all ${parts[part].length} ${part} rows; a model and its AUC need both classes: check the label column, give more rows, or set data.feedback to implicit if every row is a positive`,
      );
  }
}

/**
 * (user index, item index) pairs of rows that are no positives: known to the user, so never a negative.
 * Users and items that have no positive row at all are not in the data.
 */
function disliked(inTime: Int32Array, label: Float32Array, rows: Int32Array, roles: Roles) {
  const pairs: { user: number[]; item: number[] } = { user: [], item: [] };
  if (roles.user?.kind !== "text" || roles.item?.kind !== "text") return pairs;
  const indexOf = (codes: Int32Array) => {
    const index = new Map<number, number>();
    for (const row of rows) if (!index.has(codes[row]!)) index.set(codes[row]!, index.size);
    return index;
  };
  const userIndex = indexOf(roles.user.codes);
  const itemIndex = indexOf(roles.item.codes);
  for (const row of inTime) {
    const user = userIndex.get(roles.user.codes[row]!);
    const item = itemIndex.get(roles.item.codes[row]!);
    if (label[row] === 1 || user === undefined || item === undefined) continue;
    pairs.user.push(user);
    pairs.item.push(item);
  }
  return pairs;
}

function sampleFor(
  rules: SplitRules,
  seed: number,
  parts: Parts,
  { user, item }: { readonly user: { index: Int32Array; count: number }; readonly item: { index: Int32Array; count: number } },
  known: { readonly user: readonly number[]; readonly item: readonly number[] },
  notes: string[],
): SplitSampling {
  const { client } = rules;
  const { training, evaluation } = rules.negatives ?? negativesConfig.parse({});
  const everyRow = Int32Array.from(item.index, (_, row) => row);
  const withKnown = (rows: Int32Array) =>
    itemsOfUser(
      user.count,
      [...Array.from(rows, (row) => user.index[row]!), ...known.user],
      [...Array.from(rows, (row) => item.index[row]!), ...known.item],
    );
  const all = withKnown(everyRow);
  const excluded = training.exclude === "all" ? all : withKnown(parts.train);
  const rowOfItem = new Int32Array(item.count).fill(-1);
  // The latest training row describes an item best; items without one are described by any row.
  for (const row of everyRow) rowOfItem[item.index[row]!] = row;
  for (const row of parts.train) rowOfItem[item.index[row]!] = row;
  const draw = (part: "valid" | "test") =>
    drawCandidates(parts[part], user.index, all, item.count, evaluation.count, streamOf(seed, client, "candidates", part));
  const testCandidates = draw("test");
  let short = 0;
  for (let list = 0; list < parts.test.length; list++)
    if (testCandidates.offsets[list + 1]! - testCandidates.offsets[list]! < evaluation.count) short++;
  if (short > 0)
    notes.push(`${short} of ${parts.test.length} test lists have fewer than ${evaluation.count} candidates: the client has only ${item.count} items`);
  return {
    item: item.index,
    rowOfItem,
    ratio: training.ratio,
    excludedOffsets: excluded.offsets,
    excludedItems: excluded.items,
    validCandidates: draw("valid"),
    testCandidates,
  };
}
