import type { SplitRules } from "./split-client.ts";
import type { RawColumn, RawTable } from "./table.ts";

/** A text column; null is missing. */
export function text(values: readonly (string | null)[]): RawColumn {
  const distinct = [...new Set(values.filter((value) => value !== null))];
  return {
    kind: "text",
    codes: Int32Array.from(values, (value) => (value === null ? -1 : distinct.indexOf(value))),
    values: distinct,
  };
}

/** A column of numbers; null is missing. */
export function number(values: readonly (number | null)[]): RawColumn {
  return { kind: "number", values: Float64Array.from(values, (value) => value ?? NaN) };
}

export function tableOf(columns: Readonly<Record<string, RawColumn>>): RawTable {
  const [first] = Object.values(columns);
  const numRows =
    first === undefined ? 0 : first.kind === "text" ? first.codes.length : first.values.length;
  return { numRows, columns };
}

/** Interactions as `[user, item, time]`. */
export function interactions(rows: readonly (readonly [string, string, number])[]): RawTable {
  return tableOf({
    who: text(rows.map(([user]) => user)),
    what: text(rows.map(([, item]) => item)),
    when: number(rows.map(([, , time]) => time)),
  });
}

export const implicitRules: SplitRules = {
  client: "de",
  columns: { user: "who", item: "what", time: "when", categorical: [], numeric: [] },
  feedback: "implicit",
  split: { kind: "leave-one-out", minimumRows: 3 },
};

export const explicitRules: SplitRules = {
  client: "de",
  columns: { label: "click", categorical: ["colour"], numeric: ["price"] },
  feedback: "explicit",
  split: { kind: "random", valid: 0.2, test: 0.2 },
};
