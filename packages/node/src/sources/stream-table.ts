import type duckdb from "@duckdb/node-bindings";
import type { DuckDBConnection } from "@duckdb/node-api";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { badValues } from "./bad-values.ts";
import { copyCells, textBytes, textVector, validityOf, vectorOf } from "./cells.ts";
import { checkWhole } from "./compression.ts";
import type { SourceConfig } from "./config.ts";
import { rowsOf, type DatabaseOptions } from "./database.ts";
import { lanesFor, startLanes, type TextBlock } from "./lanes.ts";
import { allFiles, locate, type LocatedSource } from "./locate.ts";
import { packText, type PackedText } from "./packed-text.ts";
import { openRelation, type Relation } from "./relation.ts";
import { badOf, checkColumns, distinctColumns, selectOf, type WantedColumn } from "./wanted.ts";

export interface ReadOptions {
  readonly client: string;
  readonly columns: readonly WantedColumn[];
  readonly signal?: AbortSignal;
  readonly database?: DatabaseOptions;
  /** Threads that encode text, beside DuckDB's; default: by the size of the files. */
  readonly lanes?: number;
  /** Called with the rows read so far. */
  readonly onRows?: (numRows: number) => void;
}

/** Some rows of a table, column by column. The arrays are used again: they hold until the next block. */
export interface TableBlock {
  readonly numRows: number;
  /** Rows of the whole table, where the files say it beforehand (Parquet). */
  readonly totalRows: number | undefined;
  readonly columns: readonly BlockColumn[];
}

export type BlockColumn =
  | {
      readonly kind: "text";
      readonly name: string;
      /** In order of first appearance in the table; -1 is missing. */
      readonly codes: Int32Array;
      /** The texts that appear here for the first time, in the order of their codes. */
      readonly fresh: PackedText;
    }
  | {
      readonly kind: "number";
      readonly name: string;
      /** NaN is missing. */
      readonly values: Float64Array;
    };

/** Rows that are encoded at once, and the most that DuckDB hands over in a piece. */
const BLOCK_ROWS = 2 ** 16;
const CHUNK_ROWS = 2048;
/** Blocks in flight: one is filled, one encoded, one read by the caller. */
const BLOCKS = 3;
/** Rows from which it is guessed which columns hold long texts. */
const GUESS_ROWS = 2048;

/**
 * Reads the wanted columns of a source block by block, in the order of its rows, in memory that does not grow
 * with them. Text is kept as it stands; times become seconds since 1970 (dates in UTC, numbers as they
 * are). What is no number or no time is an error, thrown after the last block.
 */
export async function* streamTable(
  config: SourceConfig,
  options: ReadOptions,
): AsyncGenerator<TableBlock, void, undefined> {
  const { client, signal } = options;
  const who = `client "${client}"`;
  const source = await locate(config, client);
  for (const file of allFiles(source)) await checkWhole(file, who, signal);
  const relation = await openRelation(source, who, options.database);
  try {
    yield* blocksOf(relation, source, who, options);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AtollError || error instanceof AtollErrors) throw error;
    throw relation.failure(error);
  } finally {
    relation.close();
  }
}

async function* blocksOf(
  relation: Relation,
  source: LocatedSource,
  who: string,
  { columns, signal, lanes: numLanes, onRows }: ReadOptions,
): AsyncGenerator<TableBlock, void, undefined> {
  const { connection, from, types, shown } = relation;
  const wanted = distinctColumns(columns).filter(
    ({ name, optional }) => !optional || types.has(name),
  );
  checkColumns(wanted, types, shown, who);
  const plan = planOf(relation, wanted, await longTexts(relation, source, wanted));
  const totalRows = await knownRows(relation, source);
  const reader = await connection.stream(`SELECT ${plan.fields.join(", ")} FROM ${from}`);
  const blocks = Array.from({ length: BLOCKS }, () => createBlock(plan));
  const lanes = startLanes(
    blocks.map(({ text }) => text),
    plan.texts.length === 0 ? 0 : (numLanes ?? lanesFor(source.bytes, plan.texts.length)),
  );
  const inFlight: Promise<TableBlock>[] = [];
  let numRows = 0;
  let numBad = 0;
  try {
    for (let number = 0; ; number++) {
      const at = number % BLOCKS;
      const block = blocks[at]!;
      const filled = await fill(reader, block, plan, signal);
      numBad += filled.numBad;
      numRows += filled.numRows;
      if (filled.numRows > 0) {
        inFlight.push(
          lanes.encode(at, filled.numRows).then((fresh) => finished(block, plan, fresh, totalRows)),
        );
        inFlight.at(-1)!.catch(() => {});
      }
      if (inFlight.length === BLOCKS - 1 || filled.last)
        for (let left = filled.last ? inFlight.length : 1; left > 0; left--) {
          yield await inFlight.shift()!;
        }
      onRows?.(numRows);
      if (filled.last) break;
    }
  } finally {
    await Promise.allSettled(inFlight);
    await lanes.close();
  }
  if (numBad > 0) throw new AtollErrors(await badValues(relation, wanted, who));
  if (numRows === 0)
    throw new AtollError(
      "DATA_EMPTY_FILE",
      source.kind === "files"
        ? `${who}: ${shown} has a header but no rows; give a file with rows or remove the client`
        : `${who}: its query gives no rows; loosen its conditions or remove the client`,
    );
}

/** Parquet files say in their footers how many rows they have. */
async function knownRows({ connection, from }: Relation, source: LocatedSource) {
  if (source.kind !== "files" || source.format !== "parquet") return undefined;
  const [row] = await rowsOf(connection, `SELECT count(*) FROM ${from}`);
  return Number(row![0]);
}

/** Where each wanted column lies in what is selected. */
interface Plan {
  readonly fields: readonly string[];
  readonly wanted: readonly WantedColumn[];
  readonly texts: readonly { readonly column: number; readonly digest: number | undefined }[];
  readonly numbers: readonly number[];
  /** The column that says whether a row holds something that is no number. */
  readonly bad: number | undefined;
}

function planOf(
  { types }: Relation,
  wanted: readonly WantedColumn[],
  long: ReadonlySet<number>,
): Plan {
  const fields = wanted.map((column, i) => `${selectOf(column, types.get(column.name)!)} AS c${i}`);
  const texts: { column: number; digest: number | undefined }[] = [];
  const numbers: number[] = [];
  wanted.forEach((column, i) => {
    if (column.as !== "text") numbers.push(i);
    else if (!long.has(i)) texts.push({ column: i, digest: undefined });
    else {
      const text = selectOf(column, types.get(column.name)!);
      texts.push({ column: i, digest: fields.length });
      fields.push(`CASE WHEN strlen(${text}) > 12 THEN md5_number(${text}) END AS d${i}`);
    }
  });
  const bads = wanted
    .map((column) => badOf(column, types.get(column.name)!))
    .filter((bad) => bad !== undefined);
  if (bads.length > 0) fields.push(`(${bads.join(") OR (")}) AS bad`);
  return { fields, wanted, texts, numbers, bad: bads.length > 0 ? fields.length - 1 : undefined };
}

/** The text columns whose first rows hold more than 12 bytes; a wrong guess costs time, nothing else. */
async function longTexts(
  { connection, from, types }: Relation,
  source: LocatedSource,
  wanted: readonly WantedColumn[],
): Promise<ReadonlySet<number>> {
  const texts = wanted.flatMap((column, i) => (column.as === "text" ? [i] : []));
  if (texts.length === 0) return new Set();
  // Of a query, the first rows may cost as much as all.
  if (source.kind === "query") return new Set(texts);
  const lengths = texts.map(
    (i) => `max(strlen(${selectOf(wanted[i]!, types.get(wanted[i]!.name)!)}))`,
  );
  const [row] = await firstRow(connection, lengths, from);
  return new Set(texts.filter((_, t) => Number(row![t] ?? 0) > 12));
}

function firstRow(connection: DuckDBConnection, fields: readonly string[], from: string) {
  return rowsOf(
    connection,
    `SELECT ${fields.join(", ")} FROM (SELECT * FROM ${from} LIMIT ${GUESS_ROWS})`,
  );
}

/** Memory for one block, shared with the threads that encode it. */
interface Block {
  readonly text: TextBlock;
  readonly numbers: readonly Float64Array[];
  /** What DuckDB handed over: texts beyond their cells live as long as these. */
  chunks: { readonly chunk: duckdb.DataChunk; readonly begin: number; readonly numRows: number }[];
  numRows: number;
}

function createBlock({ texts, numbers }: Plan): Block {
  const rows = BLOCK_ROWS + CHUNK_ROWS;
  const words = (size: number) => new Int32Array(new SharedArrayBuffer(4 * size));
  return {
    text: { cells: texts.map(() => words(4 * rows)), codes: texts.map(() => words(rows)) },
    numbers: numbers.map(() => new Float64Array(rows)),
    chunks: [],
    numRows: 0,
  };
}

async function fill(
  reader: Awaited<ReturnType<DuckDBConnection["stream"]>>,
  block: Block,
  plan: Plan,
  signal: AbortSignal | undefined,
): Promise<{ readonly numRows: number; readonly numBad: number; readonly last: boolean }> {
  block.chunks = [];
  block.numRows = 0;
  let numBad = 0;
  while (block.numRows < BLOCK_ROWS) {
    signal?.throwIfAborted();
    const piece = await reader.fetchChunk();
    const numRows = piece?.rowCount ?? 0;
    if (piece === null || numRows === 0) return { numRows: block.numRows, numBad, last: true };
    const { chunk } = piece;
    const begin = block.numRows;
    plan.texts.forEach(({ column, digest }, t) => {
      const validity = validityOf(chunk, column, numRows);
      copyCells(textVector(chunk, column, digest, numRows), validity, block.text.cells[t]!, begin);
    });
    plan.numbers.forEach((column, n) => {
      const bytes = vectorOf(chunk, column, numRows * 8);
      block.numbers[n]!.set(new Float64Array(bytes.buffer, bytes.byteOffset, numRows), begin);
    });
    if (plan.bad !== undefined)
      for (const flag of vectorOf(chunk, plan.bad, numRows)) numBad += flag;
    block.chunks.push({ chunk, begin, numRows });
    block.numRows += numRows;
  }
  return { numRows: block.numRows, numBad, last: false };
}

function finished(
  block: Block,
  plan: Plan,
  freshRows: readonly Int32Array[],
  totalRows: number | undefined,
): TableBlock {
  const { numRows } = block;
  const columns: BlockColumn[] = [];
  plan.texts.forEach(({ column }, t) => {
    columns[column] = {
      kind: "text",
      name: plan.wanted[column]!.name,
      codes: block.text.codes[t]!.subarray(0, numRows),
      fresh: freshTexts(block, column, freshRows[t]!),
    };
  });
  plan.numbers.forEach((column, n) => {
    columns[column] = {
      kind: "number",
      name: plan.wanted[column]!.name,
      values: block.numbers[n]!.subarray(0, numRows),
    };
  });
  block.chunks = [];
  return { numRows, totalRows, columns };
}

/** The texts of some rows, which ascend. */
function freshTexts({ chunks }: Block, column: number, rows: Int32Array): PackedText {
  const pieces: Uint8Array[] = [];
  let next = 0;
  for (const { chunk, begin, numRows } of chunks) {
    if (next === rows.length) break;
    if (rows[next]! >= begin + numRows) continue;
    const { words } = textVector(chunk, column, undefined, numRows);
    for (; next < rows.length && rows[next]! < begin + numRows; next++)
      pieces.push(textBytes(words, rows[next]! - begin));
  }
  return packText(pieces);
}
