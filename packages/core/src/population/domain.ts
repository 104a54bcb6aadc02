import type { RawColumn, SplitClient } from "../data/index.ts";
import { AtollError } from "../errors/index.ts";
import { TEST, TRAIN, VALID } from "./types.ts";

type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** A domain's split as events: raw ids, time in days and part of every row. */
export interface DomainRows {
  readonly name: string;
  readonly numRows: number;
  readonly user: TextColumn;
  readonly item: TextColumn;
  readonly text: TextColumn | undefined;
  /** [numRows], ascending. */
  readonly days: Float64Array;
  /** [numRows] */
  readonly part: Uint8Array;
}

/** Days of one in a column of times, by its unit. */
export const DAYS_PER = { days: 1, seconds: 1 / 86_400, milliseconds: 1 / 86_400_000 };

/** What a population reads of a split; throws where a role that it needs is missing. */
export function domainRows(split: SplitClient): DomainRows {
  const { client, time, timeUnit = "seconds" } = split;
  if (split.feedback === "explicit")
    throw new AtollError(
      "POPULATION_NEEDS_POSITIVES",
      `client "${client}": sequences of users are made of events, but its rows carry labels (data.feedback: explicit); set data.feedback to implicit, with a threshold in data.columns.label if rows have one`,
    );
  const ids = (role: "user" | "item"): TextColumn => {
    const column = split.categorical.find(({ name }) => name === role)?.column;
    if (column?.kind === "text") return column;
    throw new AtollError(
      "POPULATION_NEEDS_IDS",
      `client "${client}": users' sequences of items need both, but no column has the role ${role}; name it in data.columns.${role}`,
    );
  };
  const [user, item] = [ids("user"), ids("item")];
  if (time === undefined)
    throw new AtollError(
      "POPULATION_NEEDS_TIME",
      `client "${client}": sequences over several domains are put in order by time, but no column has the role time, or some row has none; name one in data.columns.time and fill it`,
    );
  const days = time.map((value) => value * DAYS_PER[timeUnit]);
  return {
    name: client,
    numRows: time.length,
    user,
    item,
    text: split.text?.kind === "text" ? split.text : undefined,
    days,
    part: partOfRow(split),
  };
}

/**
 * What is neither for training nor for validation is test, in a list of test rows or not: where validation rows
 * are measured in their place, they are in none, and nobody may see them all the same.
 */
function partOfRow({ label, train, valid }: SplitClient): Uint8Array {
  const part = new Uint8Array(label.length).fill(TEST);
  for (const row of train) part[row] = TRAIN;
  for (const row of valid) part[row] = VALID;
  return part;
}
