import type { ColumnsConfig, RawColumn } from "@atoll/core/data";
import { AtollError } from "@atoll/core/errors";
import type { KeptRecommender } from "@atoll/core/methods";
import { catalogueOf, HISTORY_COLUMN, type Catalogue, type Seen } from "@atoll/core/serving";
import { eachNoted } from "./history-note.ts";
import type { SourceConfig } from "../sources/index.ts";
import { rowBlocks, type BlockOptions, type RowsBlock } from "./blocks.ts";

/** Rows that are scored at once, unless one user's are more. */
const MOST_ROWS = 2 ** 16;

interface CatalogueOptions extends BlockOptions {
  readonly kept: KeptRecommender;
  readonly roles: Pick<ColumnsConfig, "user" | "item">;
  /** Users of rows without items, and those that training did not hold, are counted here. */
  readonly users: Seen;
}

/**
 * Rows to rank: those of a file that names items as they stand; of one that does not, each becomes a row for
 * every item that its user may be recommended. A history, where the file has one, says what is left out.
 */
export async function* wholeCatalogue(
  source: SourceConfig,
  { kept, roles, users, served, ...options }: CatalogueOptions,
): AsyncGenerator<RowsBlock, void, undefined> {
  const { client } = options;
  const [user, item] = [roles.user!, roles.item!];
  const optional = { as: "text", optional: true } as const;
  const rest = served.filter(({ name }) => name !== item && name !== HISTORY_COLUMN);
  const wanted = [...rest, { name: item, ...optional }, { name: HISTORY_COLUMN, ...optional }];
  const catalogue = catalogueOf(kept, { client });
  for await (const block of rowBlocks(source, { ...options, served: wanted })) {
    if (block.table.columns[item] !== undefined) {
      yield block;
      continue;
    }
    const textOf = (name: string, row: number): string | undefined => {
      const column = block.table.columns[name] ?? block.kept[name];
      return column?.kind === "text" ? column.values[column.codes[row]!] : undefined;
    };
    let rows: number[] = [];
    let places: number[] = [];
    let from = 0;
    const piece = (to: number) => {
      const made = expanded(block, { rows, places, item, catalogue, fileRows: to - from });
      [rows, places, from] = [[], [], to];
      return made;
    };
    for (let row = 0; row < block.numRows; row++) {
      const name = textOf(user, row);
      if (name === undefined) users.missing += 1;
      else {
        users.values += 1;
        if (!catalogue.knowsUser(name)) users.unknown += 1;
      }
      const candidates = catalogue.candidatesOf(name, textOf(HISTORY_COLUMN, row));
      if (rows.length > 0 && rows.length + candidates.length > MOST_ROWS) yield piece(row);
      for (const place of candidates) {
        rows.push(row);
        places.push(place);
      }
    }
    yield piece(block.numRows);
  }
}

/** The error, which says how all items are ranked where rows name none. */
export function withTopNote(error: unknown, item: string | undefined): unknown {
  return eachNoted(error, (one) =>
    one.code === "DATA_MISSING_COLUMN" && one.message.includes(`no column "${item}"`)
      ? new AtollError(
          one.code,
          `${one.message}; name an item in each row, or add --top to rank all items for each user`,
          { cause: one },
        )
      : one,
  );
}

interface Expansion {
  readonly rows: readonly number[];
  readonly places: readonly number[];
  readonly item: string;
  readonly catalogue: Catalogue;
  readonly fileRows: number;
}

function expanded(
  { table, kept }: RowsBlock,
  { rows, places, item, catalogue, fileRows }: Expansion,
): RowsBlock {
  const taken = (columns: Readonly<Record<string, RawColumn>>) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, column]): [string, RawColumn] => [
        name,
        column.kind === "number"
          ? { kind: "number", values: Float64Array.from(rows, (row) => column.values[row]!) }
          : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) },
      ]),
    );
  const numRows = rows.length;
  const all: RawColumn = { kind: "text", codes: Int32Array.from(places), values: catalogue.items };
  return {
    fileRows,
    numRows,
    table: { numRows, columns: { ...taken(table.columns), [item]: all } },
    kept: { ...taken(kept), [item]: all },
  };
}
