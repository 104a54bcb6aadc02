import { AtollError } from "../../errors/index.ts";
import type { RawColumn, RawTable } from "../table.ts";
import type { TimePart } from "./config.ts";
import type { CategoricalRule, Derivation, NumericRule } from "./declared.ts";
import { splitList } from "./lists.ts";
import { oncePer } from "./once-per.ts";

type TextColumn = Extract<RawColumn, { readonly kind: "text" }>;

/** As what a file's column is read. */
export interface WantedColumn {
  readonly name: string;
  readonly as: "text" | "number" | "time";
  /** Whether the file may do without it: a label that this client does not know. */
  readonly optional?: true;
}

/** The columns that a feature reads, and as what: rules of numbers need numbers. */
export function readsOf(
  from: Derivation,
  rule: (CategoricalRule | NumericRule)["kind"],
): readonly WantedColumn[] {
  const number = rule !== "value" && rule !== "list";
  switch (from.kind) {
    case "column":
      return [{ name: from.column, as: number ? "number" : "text" }];
    case "cross":
      return from.columns.map((name) => ({ name, as: "text" }));
    case "time-part":
      return [{ name: from.column, as: "time" }];
    case "code":
    case "entry":
      return [{ name: from.column, as: "text" }];
  }
}

/**
 * A feature's raw column. Its source columns are there and of the right kind. The same function serves
 * training and prediction: whatever it makes of a row, it makes of the same row later.
 */
export function derive(
  from: Derivation,
  table: RawTable,
  client: string,
  problem: (error: AtollError) => void,
): RawColumn {
  const text = (name: string) => table.columns[name] as TextColumn;
  switch (from.kind) {
    case "column":
      return table.columns[from.column]!;
    case "cross":
      return crossed(from.columns.map(text), table.numRows);
    case "time-part": {
      const { values } = table.columns[from.column] as Extract<RawColumn, { kind: "number" }>;
      return timePart(values, from.part);
    }
    case "code":
      return mapText(
        text(from.column),
        `code ${from.level} of ${from.levels} ${from.separator}`,
        (value, spoilt) => {
          const codes = splitList(value, from.separator);
          if (codes.length !== from.levels) {
            spoilt();
            problem(
              wrongLength(
                client,
                from.column,
                value,
                `${from.levels} codes`,
                codes.length,
                "codes",
              ),
            );
          }
          return codes[from.level];
        },
      );
    case "entry": {
      const { codes, values } = text(from.column);
      const { size, index } = from;
      const entries = oncePer(values, `entry ${size} ${from.separator}`, (spoilt) => {
        const all = new Float64Array(values.length * size);
        values.forEach((value, code) => {
          const parts = splitList(value, from.separator);
          const numbers = parts.map(Number);
          if (parts.length !== size || !numbers.every(Number.isFinite)) {
            spoilt();
            problem(
              wrongLength(client, from.column, value, `${size} numbers`, parts.length, "vectors"),
            );
          }
          all.set(numbers.slice(0, size), code * size);
        });
        return all;
      });
      return {
        kind: "number",
        values: Float64Array.from(codes, (code) =>
          code < 0 ? NaN : entries[code * size + index]!,
        ),
      };
    }
  }
}

function wrongLength(
  client: string,
  column: string,
  value: string,
  wanted: string,
  got: number,
  list: string,
): AtollError {
  const shown = value.length > 40 ? `${value.slice(0, 40)}...` : value;
  return new AtollError(
    "DATA_TUPLE",
    `client "${client}": data.columns.${list} says that column "${column}" holds ${wanted}, but ${JSON.stringify(shown)} holds ${got} value(s) or something else; check the number and the separator`,
  );
}

/** Every value of a column as another one; undefined is missing. `key` says how. */
function mapText(
  { codes, values }: TextColumn,
  key: string,
  map: (value: string, spoilt: () => void) => string | undefined,
): TextColumn {
  const { codeOf, dictionary } = oncePer(values, key, (spoilt) => {
    const { codeOf: add, values: mapped } = dictionaryOf();
    const codeOfCode = Int32Array.from(values, (value) => {
      const own = map(value, spoilt);
      return own === undefined ? -1 : add(own);
    });
    return { codeOf: codeOfCode, dictionary: mapped };
  });
  return {
    kind: "text",
    codes: codes.map((code) => (code < 0 ? -1 : codeOf[code]!)),
    values: dictionary,
  };
}

/** Values of several columns together, as JSON text; missing where all are. */
function crossed(columns: readonly TextColumn[], numRows: number): TextColumn {
  const dictionary = dictionaryOf();
  const codes = new Int32Array(numRows);
  // Known combinations by a number made of their codes, two columns at a time.
  let at: Int32Array = columns[0]!.codes;
  let size = columns[0]!.values.length;
  for (const { codes: other, values } of columns.slice(1)) {
    const known = new Map<number, number>();
    at = at.map((code, row) => {
      const key = (code + 1) * (values.length + 1) + other[row]! + 1;
      let index = known.get(key);
      if (index === undefined) known.set(key, (index = known.size));
      return index;
    });
    size = known.size;
  }
  const codeOf = new Int32Array(Math.max(size, 1)).fill(-2);
  for (let row = 0; row < numRows; row++) {
    const combination = at[row]!;
    if (codeOf[combination] === -2) {
      const parts = columns.map(({ codes: own, values }) => values[own[row]!] ?? null);
      codeOf[combination] = parts.every((part) => part === null)
        ? -1
        : dictionary.codeOf(JSON.stringify(parts));
    }
    codes[row] = codeOf[combination]!;
  }
  return { kind: "text", codes, values: dictionary.values };
}

const DAY_SECONDS = 86_400;

/** Hour (0..23), weekday (0 is Monday), weekend (0 or 1) or month (1..12) of seconds since 1970, in UTC. */
function timePart(seconds: Float64Array, part: TimePart): TextColumn {
  const dictionary = dictionaryOf();
  const of = (second: number): number => {
    const day = Math.floor(second / DAY_SECONDS);
    // 1970-01-01 was a Thursday.
    const weekday = (((day + 3) % 7) + 7) % 7;
    switch (part) {
      case "hour":
        return Math.floor((second - day * DAY_SECONDS) / 3600);
      case "weekday":
        return weekday;
      case "weekend":
        return weekday >= 5 ? 1 : 0;
      case "month":
        return monthOf(day);
    }
  };
  return {
    kind: "text",
    codes: Int32Array.from(seconds, (second) =>
      Number.isFinite(second) ? dictionary.codeOf(String(of(second))) : -1,
    ),
    values: dictionary.values,
  };
}

/** The month, 1..12, of a day counted from 1970-01-01 (Howard Hinnant's civil_from_days). */
function monthOf(day: number): number {
  // Years begin in March here, so that a leap day is a year's last.
  const dayOfEra = (((day + 719_468) % 146_097) + 146_097) % 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  return month < 10 ? month + 3 : month - 9;
}

function dictionaryOf() {
  const codes = new Map<string, number>();
  const values: string[] = [];
  return {
    values,
    codeOf: (value: string): number => {
      let code = codes.get(value);
      if (code === undefined) {
        codes.set(value, (code = values.length));
        values.push(value);
      }
      return code;
    },
  };
}
