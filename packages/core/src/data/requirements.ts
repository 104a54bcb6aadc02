import { AtollError } from "../errors/index.ts";
import { conflictsOf } from "./features/conflicts.ts";
import { labelEntries } from "./label-entries.ts";
import { wantedColumns } from "./features/wanted-columns.ts";
import { ruleColumns } from "./rule-columns.ts";
import type { RoleColumn } from "./prepare-types.ts";
import type { Roles, TextColumn } from "./roles.ts";
import { duplicateRule, type SplitRules } from "./rules.ts";

/** Whether row order in time decides anything: which rows are held out, which duplicate stays, what a history holds. */
export function needsTime(rules: SplitRules): boolean {
  return (
    splitNeedsTime(rules.split) ||
    duplicateRule(rules) !== "keep" ||
    rules.columns.history !== undefined
  );
}

function splitNeedsTime(split: SplitRules["split"]): boolean {
  switch (split.kind) {
    case "leave-one-out":
    case "time":
      return true;
    case "per-user-ratio":
      return split.order !== "random";
    case "random":
    case "given":
    case "k-fold":
      return false;
  }
}

/** What the rules need and the client does not have: roles without a column, rows without a value. */
export function unmetRequirements(rules: SplitRules, roles: Roles, numRows: number): AtollError[] {
  const { client, columns } = rules;
  return [
    ...missingRoles(rules),
    ...emptyIds(client, "user", columns.user, roles.user),
    ...emptyIds(client, "item", columns.item, roles.item),
    ...(needsTime(rules) ? emptyTimes(client, columns.time, roles.time, numRows) : []),
    ...[...roles.numeric, ...roles.categorical].flatMap((feature) => infinities(client, feature)),
  ];
}

/** What is wrong with roles and rules whatever the rows are. */
export function columnProblems(rules: SplitRules): AtollError[] {
  return [
    ...conflictsOf(rules.client, rules.columns, rules.oracleColumns),
    ...rulesAndRoles(rules),
    ...missingRoles(rules),
  ];
}

/** Columns that the split or the negatives read as text, and a role as a number. */
function rulesAndRoles({ client, columns, split, negatives }: SplitRules): AtollError[] {
  const numbers = wantedColumns(columns).filter(({ as }) => as !== "text");
  return ruleColumns(split, negatives)
    .filter((name) => numbers.some((column) => column.name === name))
    .map(
      (name) =>
        new AtollError(
          "DATA_ROLE_CONFLICT",
          `client "${client}": column "${name}" is named by split.column or negatives.training.sampler.column and read as text, but data.columns reads it as a number; make a second column with a query`,
        ),
    );
}

function missingRoles(rules: SplitRules): AtollError[] {
  const { client, columns, feedback, split } = rules;
  const problems: AtollError[] = [];
  const needs = (roles: readonly ("user" | "item")[], why: string) => {
    const absent = roles.filter((role) => columns[role] === undefined);
    if (absent.length > 0)
      problems.push(
        new AtollError(
          "DATA_NEEDS_IDS",
          `client "${client}": ${why}, but no column has the role ${absent.join(", nor the role ")}; name it in data.columns`,
        ),
      );
  };
  if (feedback === "implicit")
    needs(["user", "item"], "implicit feedback samples items that a user did not choose");
  else if (rules.duplicates === "first" || rules.duplicates === "last")
    needs(
      ["user", "item"],
      `duplicates: ${rules.duplicates} keeps one row of each (user, item) pair`,
    );
  if (feedback === "explicit") {
    if (split.kind === "leave-one-out" || split.kind === "per-user-ratio")
      needs(
        ["user"],
        `split ${split.kind} holds out ${split.kind === "leave-one-out" ? "each user's last rows" : "a share of each user's rows"}`,
      );
    if (split.kind === "k-fold" && split.by === "user")
      needs(["user"], "split k-fold by user keeps the rows of a user together");
  } else if ("stratify" in split && split.stratify)
    problems.push(
      new AtollError(
        "DATA_NEEDS_LABEL",
        `client "${client}": split.stratify gives all parts the same label rate, but implicit feedback keeps positive rows only; remove it, or set data.feedback to explicit`,
      ),
    );
  const [first] = labelEntries(columns);
  if (first !== undefined && first.column === undefined)
    problems.push(
      new AtollError(
        "DATA_NEEDS_LABEL",
        `client "${client}": data.columns.labels.${first.task} is null, but the first label decides where one must and has to be known; name its column, or put a label first that every client knows`,
      ),
    );
  const tasks = Object.keys(columns.labels ?? {});
  if (feedback === "implicit" && tasks.length > 1)
    problems.push(
      new AtollError(
        "DATA_ROLE_CONFLICT",
        `client "${client}": implicit feedback knows positives alone, but data.columns.labels names ${tasks.length} labels (${tasks.join(", ")}); keep one as data.columns.label, or set data.feedback to explicit`,
      ),
    );
  if (splitNeedsTime(split) && columns.time === undefined)
    problems.push(
      new AtollError(
        "DATA_NEEDS_TIME",
        `client "${client}": split ${split.kind} ${split.kind === "time" ? "cuts by time" : "takes each user's last rows"}, but no column has the role time; name one in data.columns.time or set ${split.kind === "per-user-ratio" ? "split.order" : "split.kind"} to random`,
      ),
    );
  return problems;
}

function emptyIds(
  client: string,
  role: string,
  name: string | undefined,
  column: TextColumn | undefined,
): AtollError[] {
  if (column === undefined) return [];
  const { codes } = column;
  let missing = 0;
  for (const code of codes) if (code < 0) missing += 1;
  return missing === 0
    ? []
    : [
        new AtollError(
          "DATA_MISSING_ID",
          `client "${client}": column "${name}" (role ${role}) is empty in ${missing} of ${codes.length} rows, first in row ${codes.findIndex((code) => code < 0) + 1}; fill or remove these rows`,
        ),
      ];
}

function emptyTimes(
  client: string,
  name: string | undefined,
  time: Float64Array | undefined,
  numRows: number,
): AtollError[] {
  const missing = countMissing(time);
  return missing === 0
    ? []
    : [
        new AtollError(
          "DATA_MISSING_TIME",
          `client "${client}": column "${name}" (role time) has no time in ${missing} of ${numRows} rows, first in row ${time!.findIndex((value) => !Number.isFinite(value)) + 1}; fill or remove these rows`,
        ),
      ];
}

/** Rows whose time is unknown or infinite. */
export function countMissing(time: Float64Array | undefined): number {
  let missing = 0;
  for (const value of time ?? []) if (!Number.isFinite(value)) missing += 1;
  return missing;
}

function infinities(client: string, { name, column }: RoleColumn): AtollError[] {
  if (column.kind !== "number") return [];
  const { values } = column;
  let infinite = 0;
  for (const value of values) if (value === Infinity || value === -Infinity) infinite += 1;
  return infinite === 0
    ? []
    : [
        new AtollError(
          "DATA_NOT_FINITE",
          `client "${client}": numeric column "${name}" is infinite in ${infinite} of ${values.length} rows, first in row ${values.findIndex((value) => Math.abs(value) === Infinity) + 1}; clip these values or leave them empty`,
        ),
      ];
}
