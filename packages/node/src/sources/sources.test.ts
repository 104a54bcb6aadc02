import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RawColumn } from "@atoll/core/data";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { sourceConfig } from "./config.ts";
import { guessRoles } from "./guess-roles.ts";
import { inspectSource } from "./inspect.ts";
import { readTable } from "./read-table.ts";
import type { WantedColumn } from "./wanted.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-sources-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

const text = (name: string): WantedColumn => ({ name, as: "text" });
const number = (name: string): WantedColumn => ({ name, as: "number" });

function valuesOf(column: RawColumn): (string | number | null)[] {
  return column.kind === "number"
    ? [...column.values]
    : Array.from(column.codes, (code) => (code < 0 ? null : column.values[code]!));
}

async function read(
  path: string,
  columns: readonly WantedColumn[],
  options: Record<string, unknown> = {},
) {
  const table = await readTable(sourceConfig.parse({ path, ...options }), {
    client: "de",
    columns,
  });
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [name, valuesOf(column)]),
  );
}

async function failure(
  path: string,
  columns: readonly WantedColumn[] = [text("a")],
  options: Record<string, unknown> = {},
): Promise<string> {
  try {
    await read(path, columns, options);
  } catch (error) {
    if (error instanceof AtollError)
      return `[${error.code}] ${error.message}`.replaceAll(folder, "FOLDER");
    if (error instanceof AtollErrors) return error.message.replaceAll(folder, "FOLDER");
    throw error;
  }
  return "no error";
}

describe("formats", () => {
  const expected = { id: ["007", "8", "007"], x: [1.5, NaN, -2] };
  test("csv, tsv and delimited text, gzipped or not, keep leading zeros; an empty number is missing", async () => {
    const lines = (delimiter: string) =>
      ["id,x", "007,1.5", "8,", "007,-2"].join("\n").replaceAll(",", delimiter);
    expect(await read(await file("a.csv", lines(",")), [text("id"), number("x")])).toEqual(
      expected,
    );
    expect(await read(await file("a.tsv", lines("\t")), [text("id"), number("x")])).toEqual(
      expected,
    );
    expect(
      await read(await file("a.txt", lines(";")), [text("id"), number("x")], {
        format: "delimited",
        delimiter: ";",
      }),
    ).toEqual(expected);
    expect(
      await read(await file("a.csv.gz", gzipSync(lines(","))), [text("id"), number("x")]),
    ).toEqual(expected);
  });

  test("a byte-order mark, carriage returns and a file without a header", async () => {
    expect(
      await read(await file("bom.csv", "\uFEFFid,x\r\n1,2\r\n"), [text("id"), number("x")]),
    ).toEqual({ id: ["1"], x: [2] });
    expect(
      await read(await file("bare.csv", "1,2\n3,4\n"), [text("id"), number("x")], {
        header: false,
        columnNames: ["id", "x"],
      }),
    ).toEqual({ id: ["1", "3"], x: [2, 4] });
  });

  test("JSON lines, with a key missing in one of them", async () => {
    expect(
      await read(await file("a.jsonl", '{"id":"007","x":1}\n{"id":"ä"}\n'), [
        text("id"),
        number("x"),
      ]),
    ).toEqual({ id: ["007", "ä"], x: [1, NaN] });
  });

  test("Parquet: whole numbers as ids, truth values, dates, empty cells", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const path = join(folder, "a.parquet");
    await connection.run(
      `COPY (SELECT * FROM (VALUES (12, true, DATE '1970-01-02', 1.5), (NULL, false, DATE '1970-01-03', NULL)) AS t(id, click, day, x)) TO '${path}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    expect(
      await read(path, [text("id"), number("click"), { name: "day", as: "time" }, number("x")]),
    ).toEqual({
      id: ["12", null],
      click: [1, 0],
      day: [86400, 172800],
      x: [1.5, NaN],
    });
  });

  test("times: dates and timestamps become seconds since 1970 in UTC, numbers stay", async () => {
    const path = await file("time.csv", "t\n1970-01-01 00:01:00\n1970-01-02\n123.5\n");
    expect(await read(path, [{ name: "t", as: "time" }])).toEqual({ t: [60, 86400, 123.5] });
  });

  test("a path with quotes, spaces and wildcards is a path", async () => {
    const path = await file("it's [a] *odd* name.csv", "a\nx\n");
    expect(await read(path, [text("a")])).toEqual({ a: ["x"] });
  });
});

test("any text in a quoted csv comes back as it was", async () => {
  const cell = fc
    .string({ unit: "grapheme" })
    .filter(
      (value) =>
        value !== "" && value.isWellFormed() && !value.includes("\0") && !value.includes("\r"),
    );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 20 }),
      async (rows) => {
        const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
        const path = await file(
          "any.csv",
          ["a,b", ...rows.map(([a, b]) => `${quoted(a)},${quoted(b)}`)].join("\n") + "\n",
        );
        expect(await read(path, [text("a"), text("b")])).toEqual({
          a: rows.map(([a]) => a),
          b: rows.map(([, b]) => b),
        });
      },
    ),
    { numRuns: 40 },
  );
});

test("200,000 rows keep the order of the file", async () => {
  const path = await file(
    "long.csv",
    `n\n${Array.from({ length: 200_000 }, (_, i) => i).join("\n")}\n`,
  );
  const { n } = await read(path, [number("n")]);
  expect(n!.length).toBe(200_000);
  expect(n!.every((value, i) => value === i)).toBe(true);
});

describe("bad files: the client, the file, the value, the way out", () => {
  test("no such file, with a name that is near", async () => {
    await file("market.csv", "a\n1\n");
    expect(await failure(join(folder, "markt.csv"))).toMatchInlineSnapshot(
      `"[DATA_FILE_MISSING] client "de": there is no file FOLDER/markt.csv; did you mean "market.csv"?"`,
    );
  });
  test("no such folder", async () => {
    expect(await failure(join(folder, "nowhere/a.csv"))).toMatchInlineSnapshot(
      `"[DATA_FILE_MISSING] client "de": there is no folder FOLDER/nowhere; check data.directory, which counts from the experiment file"`,
    );
  });
  test("a folder", async () => {
    await mkdir(join(folder, "sub.csv"));
    expect(await failure(join(folder, "sub.csv"))).toMatchInlineSnapshot(
      `"[DATA_FILE_MISSING] client "de": FOLDER/sub.csv is a folder; name one file in data.clients.de.path, or several as FOLDER/sub.csv/*.csv"`,
    );
  });
  test("an empty file", async () => {
    expect(await failure(await file("empty.csv", ""))).toMatchInlineSnapshot(
      `"[DATA_EMPTY_FILE] client "de": FOLDER/empty.csv is empty (0 bytes); give a file with rows or remove the client"`,
    );
  });
  test("a header and nothing else", async () => {
    expect(await failure(await file("header.csv", "a,b\n"))).toMatchInlineSnapshot(
      `"[DATA_EMPTY_FILE] client "de": FOLDER/header.csv has a header but no rows; give a file with rows or remove the client"`,
    );
  });
  test("columns that are not there, all at once", async () => {
    expect(
      await failure(await file("columns.csv", "userid,item\n1,2\n"), [
        text("user_id"),
        text("items"),
        text("zzz"),
      ]),
    ).toMatchInlineSnapshot(`
      "[DATA_MISSING_COLUMN] client "de": FOLDER/columns.csv has no column "user_id"; did you mean "userid"?; it has: userid, item
      [DATA_MISSING_COLUMN] client "de": FOLDER/columns.csv has no column "items"; did you mean "item"?; it has: userid, item
      [DATA_MISSING_COLUMN] client "de": FOLDER/columns.csv has no column "zzz"; it has: userid, item"
    `);
  });
  test("a value that is no number", async () => {
    expect(
      await failure(await file("nan.csv", "x\n1\n2\nthree\nfour\n"), [number("x")]),
    ).toMatchInlineSnapshot(
      `"[DATA_NOT_A_NUMBER] client "de": column "x" of FOLDER/nan.csv holds 2 value(s) that are no number, first "three" in row 3; mend them or give the column another role"`,
    );
  });
  test("a gzip that was cut off", async () => {
    const whole = gzipSync(`a\n${"some row\n".repeat(5000)}`);
    expect(
      await failure(await file("cut.csv.gz", whole.subarray(0, whole.length - 10))),
    ).toMatchInlineSnapshot(
      `"[DATA_GZIP] client "de": FOLDER/cut.csv.gz is no whole gzip file (unexpected end of file); copy it again, or drop the ending .gz if it is plain text"`,
    );
  });
  test("a text that calls itself gzip", async () => {
    expect(await failure(await file("text.csv.gz", "a\n1\n"))).toMatchInlineSnapshot(
      `"[DATA_GZIP] client "de": FOLDER/text.csv.gz is no whole gzip file (incorrect header check); copy it again, or drop the ending .gz if it is plain text"`,
    );
  });
  test("a line with too many columns", async () => {
    expect(await failure(await file("ragged.csv", "a,b\n1,2\n3,4,5\n6,7\n"))).toMatchInlineSnapshot(
      `"[DATA_MALFORMED] client "de": FOLDER/ragged.csv, line 3 cannot be read as csv: Expected Number of Columns: 2 Found: 3; mend the line or set format, delimiter or header"`,
    );
  });
  test("a quote that is never closed", async () => {
    expect(await failure(await file("quote.csv", 'a,b\n1,2\n3,"4\n6,7\n'))).toMatchInlineSnapshot(
      `"[DATA_MALFORMED] client "de": FOLDER/quote.csv cannot be read as csv: Invalid Input Error: Error when sniffing file "FOLDER/quote.csv"; mend the line or set format, delimiter or header"`,
    );
  });
  test("an ending that names no format, and delimited text without a delimiter", async () => {
    const path = await file("a.dat", "a\n1\n");
    expect(await failure(path)).toMatchInlineSnapshot(
      `"[DATA_FORMAT] client "de": the ending of FOLDER/a.dat names no format; set format to csv, tsv, jsonl, parquet, or delimited with a delimiter"`,
    );
    expect(await failure(path, [text("a")], { format: "delimited" })).toMatchInlineSnapshot(
      `"[DATA_FORMAT] client "de": format delimited of FOLDER/a.dat needs delimiter, such as delimiter: " ""`,
    );
  });
});

test("inspect counts rows, missing and distinct values, and the rate of ones; roles are guessed from it", async () => {
  const path = await file(
    "inspect.csv",
    "user_id,item_id,stars,clicked,colour,day\n01,a,5,1,red,2024-01-01\n02,a,4,0,,2024-01-02\n01,b,1,1,red,2024-01-03\n03,c,2,1,blue,2024-01-04\n",
  );
  const inspection = await inspectSource(sourceConfig.parse({ path }));
  expect(inspection.rows).toBe(4);
  const column = (name: string) => inspection.columns.find((entry) => entry.name === name)!;
  expect(column("clicked")).toMatchObject({
    type: "number",
    rateOfOnes: 0.75,
    missing: 0,
    distinct: 2,
  });
  expect(column("colour")).toMatchObject({
    type: "text",
    missing: 1,
    distinct: 2,
    top: [
      { value: "red", count: 2 },
      { value: "blue", count: 1 },
    ],
  });
  expect(column("stars")).toMatchObject({ mean: 3, rateOfOnes: null });
  expect(guessRoles(inspection)).toEqual({
    user: "user_id",
    item: "item_id",
    time: "day",
    label: { column: "clicked" },
    categorical: ["colour"],
    numeric: ["stars"],
  });
});

const xmarket = resolve(import.meta.dirname, "../../../../../shared/data/xmarket-electronics");

test.skipIf(!existsSync(xmarket)).each([
  ["ca", 55_045, 5_675, 5_772],
  ["in", 2_015, 239, 470],
])(
  "XMarket %s has the rows, users and items of its description (skipped where the data are absent)",
  async (market, rows, users, items) => {
    const table = await readTable(
      sourceConfig.parse({
        path: join(xmarket, `${market}_5core.txt.gz`),
        format: "delimited",
        delimiter: " ",
      }),
      { client: market, columns: [text("userId"), text("itemId")] },
    );
    const distinct = (name: string) => {
      const column = table.columns[name]!;
      return column.kind === "text" ? column.values.length : 0;
    };
    expect([table.numRows, distinct("userId"), distinct("itemId")]).toEqual([rows, users, items]);
  },
);

test("inspect takes lists, structures and UUIDs for what they are", async () => {
  const path = await file(
    "nested.jsonl",
    Array.from({ length: 4 }, (_, i) =>
      JSON.stringify({
        emb: [0.5, i],
        tags: ["a", "b"],
        part: { x: i },
        id: `6e0bc9a0-0000-4000-8000-00000000000${i}`,
        price: i + 0.25,
      }),
    ).join("\n"),
  );
  const { columns } = await inspectSource(sourceConfig.parse({ path }));
  expect(Object.fromEntries(columns.map(({ name, type }) => [name, type]))).toEqual({
    emb: "other",
    tags: "other",
    part: "other",
    id: "other",
    price: "number",
  });
  expect(columns.find(({ name }) => name === "emb")!.top[0]!.value).toBe("[0.5, 0.0]");
});
