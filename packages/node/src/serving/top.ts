import type { RawColumn, RawTable } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";

/** The column that says which of a user's rows it is, from 1 on. */
export const RANK = "rank";

/** The best rows of every user, as blocks of rows come by. */
export interface TopOfUsers {
  /** The column that says whose row it is. */
  readonly column: string;
  readonly take: (table: RawTable, score: string) => void;
  /** User after user as they first appeared, best first, with the column RANK. */
  readonly table: (columns: readonly string[]) => RawTable;
}

interface Candidate {
  readonly score: number;
  readonly cells: Readonly<Record<string, string | number | undefined>>;
}

/** Keeps at most `top` rows of each user; of equal scores the earlier row is the better one. */
export function topOfUsers(top: number, column: string | undefined, client: string): TopOfUsers {
  if (column === undefined)
    throw new AtollError(
      "DATA_MISSING_COLUMN",
      `client "${client}": --top keeps the best rows of each user, but no column has the role user; leave --top out`,
    );
  const users = new Map<string, Candidate[]>();
  return {
    column,
    take: ({ numRows, columns }, name) => {
      const scores = numbersOf(columns[name]!);
      const entries = Object.entries(columns);
      for (let row = 0; row < numRows; row++) {
        const user = cellOf(columns[column]!, row);
        const key = user === undefined ? "" : `u${user}`;
        let own = users.get(key);
        if (own === undefined) users.set(key, (own = []));
        const score = scores[row]!;
        if (own.length === top && own.at(-1)!.score >= score) continue;
        let at = own.length;
        while (at > 0 && own[at - 1]!.score < score) at -= 1;
        const cells = Object.fromEntries(
          entries.map(([title, cells]) => [title, cellOf(cells, row)]),
        );
        own.splice(at, 0, { score, cells });
        if (own.length > top) own.pop();
      }
    },
    table: (names) => {
      const all = [...users.values()].flatMap((own) =>
        own.map(({ cells }, i): Candidate["cells"] => ({ ...cells, [RANK]: i + 1 })),
      );
      const numeric = (name: string) => all.some(({ [name]: cell }) => typeof cell === "number");
      const at = names.findIndex(numeric);
      const titles = names.toSpliced(at < 0 ? names.length : at, 0, RANK);
      return {
        numRows: all.length,
        columns: Object.fromEntries(
          titles.map((name) => [name, columnOf(all.map(({ [name]: cell }) => cell))]),
        ),
      };
    },
  };
}

function numbersOf(column: RawColumn): Float64Array {
  if (column.kind !== "number") throw new TypeError("scores are numbers");
  return column.values;
}

function cellOf(column: RawColumn, row: number): string | number | undefined {
  if (column.kind === "number") return column.values[row];
  const code = column.codes[row]!;
  return code < 0 ? undefined : column.values[code];
}

/** A column of numbers where there is one among the cells, else of text. */
export function columnOf(cells: readonly (string | number | undefined)[]): RawColumn {
  if (cells.some((cell) => typeof cell === "number"))
    return { kind: "number", values: Float64Array.from(cells, (cell) => Number(cell ?? NaN)) };
  const codeOf = new Map<string, number>();
  const codes = Int32Array.from(cells, (cell) => {
    if (cell === undefined) return -1;
    const text = String(cell);
    if (!codeOf.has(text)) codeOf.set(text, codeOf.size);
    return codeOf.get(text)!;
  });
  return { kind: "text", codes, values: [...codeOf.keys()] };
}
