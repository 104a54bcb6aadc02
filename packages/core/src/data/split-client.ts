import { AtollError } from "../errors/index.ts";
import { streamOf } from "../random/index.ts";
import { splitConfig } from "./split/config.ts";
import { dropDuplicates } from "./duplicates.ts";
import { codesOf, indexValues, takeNumbers, takeRows } from "./index-values.ts";
import { unknownLabelNotes } from "./known-labels.ts";
import { readLabels } from "./labels.ts";
import { historyNotes } from "./notes.ts";
import { joinOracles } from "./oracle.ts";
import type { RoleColumn, SplitClient } from "./prepare-types.ts";
import { throwCollected } from "./problems.ts";
import { countMissing, needsTime, unmetRequirements } from "./requirements.ts";
import { applyRoles, type Roles } from "./roles.ts";
import { duplicateRule, type SplitRules } from "./rules.ts";
import { prepareSampling } from "./sampling.ts";
import { emptyOrOneClass } from "./split/check.ts";
import { givenParts } from "./split/given.ts";
import { splitRows } from "./split/split-rows.ts";
import type { RawTable } from "./table.ts";
import { selectAffinity } from "./true-affinity.ts";
import { readWeights } from "./weights.ts";

export type { SplitRules } from "./rules.ts";

/**
 * Applies roles, the duplicate rule and the split to a client's table, and draws the candidates that
 * evaluation ranks. Everything after this is encoding: the same rows and lists whatever vocabulary.
 *
 * Rows are kept in time order (rows of one instant in file order; all in file order where time is
 * unknown or decides nothing), users and items are numbered as they first appear in it. Implicit
 * feedback keeps positives only; a row below the threshold leaves, but its item counts as known to its
 * user and is never drawn as a negative.
 */
export function splitClient(table: RawTable, rules: SplitRules, seed: number): SplitClient {
  const { client, feedback } = rules;
  if (table.numRows === 0)
    throw new AtollError(
      "DATA_EMPTY_FILE",
      `client "${client}": its file has no rows; give a file with rows or remove the client`,
    );
  const roles = applyRoles(table, rules);
  const problems: AtollError[] = [];
  const [labelOfRow, ...furtherLabels] = readLabels(rules, roles.labels, table.numRows, problems);
  const weightOfRow = readWeights(rules, roles.weight, problems);
  problems.push(...unmetRequirements(rules, roles, table.numRows));
  const config = splitConfig.parse(rules.split);
  const given = config.kind === "given" ? givenParts(table, rules, config) : undefined;
  problems.push(...(given?.problems ?? []));
  throwCollected(problems);

  const notes = unknownLabelNotes(rules, roles);
  const inTime = timeOrder(table.numRows, rules, roles, notes);
  const rows = keptRows(rules, roles, inTime, labelOfRow, notes);
  const user = indexValues(roles.user, rows);
  const item = indexValues(roles.item, rows);
  const label = takeNumbers(labelOfRow, rows);
  const time = roles.time && Float64Array.from(rows, (row) => roles.time![row]!);
  const labelsOfTasks = furtherLabels.map((labels) => takeNumbers(labels, rows));
  const parts = splitRows(
    {
      client,
      numRows: rows.length,
      user: user.index,
      numUsers: user.count,
      time,
      label,
      furtherLabels: labelsOfTasks,
      given: given && Uint8Array.from(rows, (row) => given.part[row]!),
      seed,
      random: streamOf(seed, client, "split"),
    },
    config,
  );
  throwCollected(emptyOrOneClass(rules, parts, label));
  notes.push(...parts.notes, ...historyNotes(rules, parts, user, item));

  const taken = <Rule>(entry: RoleColumn<Rule>) => ({
    ...entry,
    column: takeRows(entry.column, rows),
  });
  const split = {
    client,
    feedback,
    categorical: roles.categorical.map((entry) => taken(entry)),
    numeric: roles.numeric.map((entry) => taken(entry)),
    ...(roles.history !== undefined && { history: roles.history }),
    tasks: roles.tasks,
    label,
    furtherLabels: labelsOfTasks,
    ...(weightOfRow && { weight: takeNumbers(weightOfRow, rows) }),
    user: user.index,
    numUsers: user.count,
    numItems: roles.item === undefined ? 0 : item.count,
    train: parts.train,
    valid: parts.valid,
    test: parts.test,
    ...(time?.every(Number.isFinite) && { time }),
    ...(rules.columns.timeUnit && { timeUnit: rules.columns.timeUnit }),
    ...(roles.text && { text: takeRows(roles.text, rows) }),
    ...(roles.oracles && { oracle: joinOracles(roles.oracles, rows) }),
    counts: {
      train: parts.train.length,
      valid: parts.valid.length,
      test: parts.test.length,
      users: roles.user === undefined ? 0 : user.count,
      items: roles.item === undefined ? 0 : item.count,
    },
  };
  if (feedback === "explicit") return { ...split, notes };
  const dropped = inTime.filter((row) => labelOfRow[row] === 0);
  const prepared = prepareSampling({ rules, table, roles, rows, parts, user, item, dropped, seed });
  return {
    ...split,
    ...(rules.affinity && {
      affinity: selectAffinity(rules.affinity, codesOf(user), codesOf(item)),
    }),
    sampling: prepared.sampling,
    notes: [...notes, ...prepared.notes],
  };
}

/** Row numbers by time, rows of one instant in file order; file order where no time is known. */
function timeOrder(
  numRows: number,
  rules: SplitRules,
  { time }: Roles,
  notes: string[],
): Int32Array {
  const order = Int32Array.from({ length: numRows }, (_, row) => row);
  if (time === undefined) {
    if (rules.columns.history !== undefined)
      notes.push("no column has the role time: histories follow the order of the file");
    return order;
  }
  const missing = countMissing(time);
  if (missing > 0 && !needsTime(rules)) {
    notes.push(
      `${missing} of ${numRows} rows have no time; nothing here depends on it, so rows are taken in file order`,
    );
    return order;
  }
  return order.sort((a, b) => time[a]! - time[b]! || a - b);
}

/** Rows that stay in the data, in the order given: positives (implicit feedback) without duplicates. */
function keptRows(
  rules: SplitRules,
  { user, item }: Roles,
  inTime: Int32Array,
  label: Float32Array,
  notes: string[],
): Int32Array {
  const rows = rules.feedback === "implicit" ? inTime.filter((row) => label[row] === 1) : inTime;
  if (rows.length === 0)
    throw new AtollError(
      "DATA_EMPTY_SPLIT",
      `client "${rules.client}": none of ${inTime.length} rows is positive; lower data.columns.label.atLeast or remove the client`,
    );
  if (rows.length < inTime.length)
    notes.push(
      `${inTime.length - rows.length} of ${inTime.length} rows are no positives: not learned from, and their items are never drawn as negatives of their users`,
    );
  const rule = duplicateRule(rules);
  if (user === undefined || item === undefined || rule === "keep") return rows;
  const unique = dropDuplicates({ rows, user: user.codes, item: item.codes }, rule);
  if (unique.length < rows.length)
    notes.push(
      `${rows.length - unique.length} of ${rows.length} rows repeat a (user, item) pair: only the ${rule} of each was kept`,
    );
  return unique;
}
