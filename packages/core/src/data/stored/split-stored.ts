import { AtollError } from "../../errors/index.ts";
import { streamOf } from "../../random/index.ts";
import { unknownLabelNotes } from "../known-labels.ts";
import { readLabels } from "../labels.ts";
import type { RoleColumn, SplitClient } from "../prepare-types.ts";
import { throwCollected } from "../problems.ts";
import { unmetRequirements } from "../requirements.ts";
import { applyRoles, type Roles } from "../roles.ts";
import { duplicateRule, type SplitRules } from "../rules.ts";
import { sharedArray } from "../shared-array.ts";
import { splitConfig } from "../split/config.ts";
import { emptyOrOneClass } from "../split/check.ts";
import { givenParts } from "../split/given.ts";
import { splitRows } from "../split/split-rows.ts";
import type { Parts } from "../split/split.ts";
import { readWeights } from "../weights.ts";
import { blocksOf, type ColumnSource } from "./column-source.ts";

/**
 * Splits a table that stays on disk: of every row only its label, its user and its part are held, nine to
 * thirteen bytes. Rows are taken in file order, so it is for explicit feedback and splits that need no
 * time order, or files that are in it.
 */
export function splitStored(
  source: ColumnSource,
  rules: SplitRules,
  seed: number,
): Omit<SplitClient, "stored"> {
  const { client, columns } = rules;
  const config = splitConfig.parse(rules.split);
  throwCollected(diskProblems(rules));
  const { numRows } = source;
  const label = sharedArray(Float32Array, numRows);
  const furtherLabels: Float32Array[] = [];
  const weight = columns.weight === undefined ? undefined : sharedArray(Float32Array, numRows);
  const user = columns.user === undefined ? new Int32Array(0) : sharedArray(Int32Array, numRows);
  const time = config.kind === "time" ? new Float64Array(numRows) : undefined;
  const given = config.kind === "given" ? new Uint8Array(numRows) : undefined;
  const indexOfUser = { of: new Int32Array(0), count: 0 };
  let roles: Roles | undefined;
  for (const { start, table } of blocksOf(source)) {
    roles = applyRoles(table, rules);
    const problems: AtollError[] = [];
    const [own, ...further] = readLabels(rules, roles.labels, table.numRows, problems);
    problems.push(...unmetRequirements(rules, roles, table.numRows));
    if (given !== undefined && config.kind === "given") {
      const named = givenParts(table, rules, config);
      problems.push(...named.problems);
      given.set(named.part, start);
    }
    const weights = readWeights(rules, roles.weight, problems);
    throwCollected(problems.map((error) => inBlock(error, start)));
    if (weights !== undefined) weight!.set(weights, start);
    label.set(own, start);
    further.forEach((labels, t) => {
      furtherLabels[t] ??= sharedArray(Float32Array, numRows);
      furtherLabels[t].set(labels, start);
    });
    if (roles.user !== undefined) {
      const { codes, values } = roles.user;
      if (indexOfUser.of.length === 0) indexOfUser.of = new Int32Array(values.length).fill(-1);
      codes.forEach((code, i) => {
        if (indexOfUser.of[code] === -1) indexOfUser.of[code] = indexOfUser.count++;
        user[start + i] = indexOfUser.of[code]!;
      });
    }
    if (time !== undefined) time.set(roles.time!, start);
  }
  if (time !== undefined) checkAscending(client, time);
  const parts = splitRows(
    {
      client,
      numRows,
      user,
      numUsers: Math.max(1, indexOfUser.count),
      time,
      label,
      furtherLabels,
      given,
      seed,
      random: streamOf(seed, client, "split"),
    },
    config,
  );
  throwCollected(emptyOrOneClass(rules, parts, label));
  const [train, valid, test] = [parts.train, parts.valid, parts.test].map((rows) => {
    const kept = sharedArray(Int32Array, rows.length);
    kept.set(rows);
    return kept;
  }) as [Int32Array, Int32Array, Int32Array];
  const bare = <Rule>({ name, of, rule, column }: RoleColumn<Rule>): RoleColumn<Rule> => ({
    name,
    of,
    rule,
    column:
      column.kind === "text"
        ? { kind: "text", codes: new Int32Array(0), values: [] }
        : { kind: "number", values: new Float64Array(0) },
  });
  return {
    client,
    feedback: "explicit",
    categorical: roles!.categorical.map((feature) => bare(feature)),
    numeric: roles!.numeric.map((feature) => bare(feature)),
    tasks: roles!.tasks,
    label,
    furtherLabels,
    ...(weight && { weight }),
    user,
    numUsers: Math.max(1, indexOfUser.count),
    numItems: roles!.item?.values.length ?? 0,
    train,
    valid,
    test,
    counts: {
      train: train.length,
      valid: valid.length,
      test: test.length,
      users: indexOfUser.count,
      items: roles!.item?.values.length ?? 0,
    },
    notes: [
      ...unknownLabelNotes(rules, roles!),
      ...notesOf(parts),
      "rows stay on disk and are read in blocks, in file order",
    ],
  };
}

function notesOf({ notes }: Parts): readonly string[] {
  return notes;
}

/** What works with every row in memory alone. */
export function diskProblems(rules: SplitRules): AtollError[] {
  const { client, columns, feedback } = rules;
  const split = rules.split.kind;
  const problems: AtollError[] = [];
  const refuse = (what: string, wayOut: string) =>
    problems.push(
      new AtollError(
        "DATA_NEEDS_MEMORY",
        `client "${client}": ${what} needs all rows in memory, but data.storage is disk; ${wayOut}, or set data.storage to memory`,
      ),
    );
  if (feedback === "implicit")
    refuse("implicit feedback", "give rows with labels and set data.feedback to explicit");
  if (columns.history !== undefined)
    refuse("data.columns.history", "write the history as a column with a query");
  if (columns.text !== undefined) refuse("data.columns.text", "remove the role");
  if (duplicateRule(rules) !== "keep")
    refuse("data.duplicates", "remove duplicates with a query (SELECT DISTINCT)");
  if (split === "leave-one-out" || split === "per-user-ratio")
    refuse(`split ${split}`, "use random, time, given or k-fold");
  return problems;
}

function inBlock(error: AtollError, start: number): AtollError {
  return start === 0
    ? error
    : new AtollError(error.code, `${error.message} (rows counted from row ${start + 1})`);
}

function checkAscending(client: string, time: Float64Array): void {
  for (let row = 1; row < time.length; row++)
    if (!(time[row]! >= time[row - 1]!))
      throw new AtollError(
        "DATA_NEEDS_MEMORY",
        `client "${client}": split time needs rows in time order where data.storage is disk, but row ${row + 1} is earlier than the one before; write the file in time order (ORDER BY time), or use split random or given`,
      );
}
