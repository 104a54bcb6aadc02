import { splitList, type RawColumn, type WantedColumn } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import { HISTORY_COLUMN, separatorOf, SINCE_COLUMN, type RawRequest } from "@atoll/core/serving";
import type { SourceConfig } from "../../sources/index.ts";
import { rowBlocks, type BlockOptions } from "../blocks.ts";

/** A request of a file, with a row for each of its candidates, or one where it names none. */
export interface FileRequest extends Required<Omit<RawRequest, "user">> {
  readonly user: string | undefined;
  /** By kept column, the cells of its rows. */
  readonly cells: Readonly<Record<string, readonly (string | undefined)[]>>;
}

/** What the columns of a file of requests are called. */
export interface RequestColumns {
  readonly user: string;
  readonly item: string;
  readonly time: string;
}

export interface FileRequestsOptions extends Omit<BlockOptions, "served"> {
  readonly columns: RequestColumns;
  /** Called once, with the columns that the file may do without and does without. */
  readonly onMissing: (missing: readonly string[]) => void;
}

interface Row {
  readonly user: string | undefined;
  readonly time: number;
  readonly history: string;
  readonly since: string;
  readonly item: string | undefined;
  readonly cells: Readonly<Record<string, string | undefined>>;
}

/**
 * Requests of a file in its order: rows of one user, time and past that follow each other are one, each
 * with a candidate; without the column of items each row is one. Refuses rows of one request that stand apart.
 */
export async function* fileRequests(
  source: SourceConfig,
  options: FileRequestsOptions,
): AsyncGenerator<FileRequest, void, undefined> {
  const { client, columns } = options;
  const taken = new Set<string>();
  let open: { readonly key: string; readonly rows: Row[] } | undefined;
  for await (const { row, isListed } of rowsOf(source, options)) {
    if (!isListed) {
      yield requestOf([row], isListed);
      continue;
    }
    if (row.item === undefined)
      throw new AtollError(
        "SERVING_REQUESTS",
        `client "${client}": a row of user ${JSON.stringify(row.user ?? "")} names nothing in the column "${columns.item}"; name an item in each row, or leave the column out and add --top to rank all items`,
      );
    const key = JSON.stringify([row.user, row.time, row.history, row.since]);
    if (open?.key === key) {
      open.rows.push(row);
      continue;
    }
    if (open !== undefined) yield requestOf(open.rows, true);
    if (taken.has(key))
      throw new AtollError(
        "SERVING_REQUESTS",
        `client "${client}": rows of user ${JSON.stringify(row.user ?? "")} at one time stand apart, but probabilities are of all candidates of a request together; sort the rows by "${columns.user}" and "${columns.time}"`,
      );
    taken.add(key);
    open = { key, rows: [row] };
  }
  if (open !== undefined) yield requestOf(open.rows, true);
}

function requestOf(rows: readonly Row[], isListed: boolean): FileRequest {
  const [{ user, time, history, since, cells }] = rows as [Row];
  return {
    user,
    time,
    history: listIn(history),
    since: listIn(since),
    candidates: isListed ? rows.map(({ item }) => item!) : undefined,
    cells: Object.fromEntries(
      Object.keys(cells).map((name) => [name, rows.map((row) => row.cells[name])]),
    ),
  };
}

function listIn(text: string): readonly string[] {
  return splitList(text, separatorOf(text));
}

async function* rowsOf(
  source: SourceConfig,
  { columns: { user, item, time }, onMissing, ...options }: FileRequestsOptions,
): AsyncGenerator<{ readonly row: Row; readonly isListed: boolean }, void, undefined> {
  const optional = true;
  const served: WantedColumn[] = [
    { name: user, as: "text" },
    { name: item, as: "text", optional },
    { name: time, as: "time", optional },
    { name: HISTORY_COLUMN, as: "text", optional },
    { name: SINCE_COLUMN, as: "text", optional },
  ];
  let isFirst = true;
  for await (const { numRows, table, kept } of rowBlocks(source, { ...options, served })) {
    const there = table.columns;
    if (isFirst) onMissing([item, time].filter((name) => there[name] === undefined));
    isFirst = false;
    const isListed = there[item] !== undefined;
    for (let row = 0; row < numRows; row++)
      yield {
        isListed,
        row: {
          user: textAt(there[user], row),
          item: textAt(there[item], row),
          time: numberAt(there[time], row),
          history: textAt(there[HISTORY_COLUMN], row) ?? "",
          since: textAt(there[SINCE_COLUMN], row) ?? "",
          cells: Object.fromEntries(
            Object.entries(kept).map(([name, column]) => [name, textAt(column, row)]),
          ),
        },
      };
  }
}

function textAt(column: RawColumn | undefined, row: number): string | undefined {
  return column?.kind === "text" ? column.values[column.codes[row]!] : undefined;
}

function numberAt(column: RawColumn | undefined, row: number): number {
  return column?.kind === "number" ? column.values[row]! : NaN;
}
