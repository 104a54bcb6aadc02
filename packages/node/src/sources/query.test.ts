import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { sourceConfig } from "./config.ts";
import { readTable } from "./read-table.ts";
import type { WantedColumn } from "./wanted.ts";

let folder: string;
let tables: Record<string, { path: string }>;
const SECRET = "the-secret-of-another-folder";

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-query-"));
  const file = async (name: string, lines: readonly string[]) => {
    await writeFile(join(folder, name), `${lines.join("\n")}\n`);
    return { path: join(folder, name) };
  };
  tables = {
    impressions: await file("impressions.csv", [
      "user,item,click,price",
      "07,b,1,2.5",
      "3,a,0,1.5",
      "07,a,1,4",
      "9,c,0,8",
    ]),
    users: await file("users.csv", ["user,country", "07,de", "3,at"]),
  };
  await file("secret.csv", ["a", SECRET]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(query: string, wanted: readonly string[], options: { threads?: number } = {}) {
  const table = await readTable(sourceConfig.parse({ query, tables }), {
    client: "de",
    columns: wanted.map((entry): WantedColumn => {
      const [name = "", as = "text"] = entry.split(":");
      return { name, as: as as "text" };
    }),
    ...(options.threads && { database: { threads: options.threads } }),
  });
  return Object.fromEntries(
    Object.entries(table.columns).map(([name, column]) => [
      name,
      column.kind === "number"
        ? [...column.values]
        : Array.from(column.codes, (code) => (code < 0 ? null : column.values[code]!)),
    ]),
  );
}

async function failure(query: string, wanted: readonly string[] = ["user"]): Promise<string> {
  try {
    await read(query, wanted);
  } catch (error) {
    if (error instanceof AtollError)
      return `[${error.code}] ${error.message}`.replaceAll(folder, "FOLDER");
    if (error instanceof AtollErrors) return error.message.replaceAll(folder, "FOLDER");
    throw error;
  }
  return "no error";
}

describe("what a query can say", () => {
  test("a filter and a derived column of one table keep the order of the file and leading zeros", async () => {
    expect(
      await read(
        "SELECT user, item, CAST(price AS DOUBLE) * 2 AS twice FROM impressions WHERE item <> 'c';",
        ["user", "item", "twice:number"],
      ),
    ).toEqual({ user: ["07", "3", "07"], item: ["b", "a", "a"], twice: [5, 3, 8] });
  });

  test("a join: rows sorted by all columns of the query, a missing partner is missing", async () => {
    expect(
      await read("SELECT user, country, item FROM impressions LEFT JOIN users USING (user)", [
        "user",
        "country",
        "item",
      ]),
    ).toEqual({
      user: ["07", "07", "3", "9"],
      country: ["de", "de", "at", null],
      item: ["a", "b", "a", "c"],
    });
  });

  test("its own ORDER BY stays, and its ties are broken by the other columns", async () => {
    expect(
      await read("SELECT user, price FROM impressions ORDER BY user DESC", ["user", "price"]),
    ).toEqual({ user: ["9", "3", "07", "07"], price: ["8", "1.5", "2.5", "4"] });
  });

  test("steps, groups, windows, and more than one way to end", async () => {
    expect(
      await read(
        `WITH counts AS (SELECT item, count(*) AS shown, sum(CAST(click AS INTEGER)) AS clicks FROM impressions GROUP BY item)
         SELECT user, item, shown, clicks, row_number() OVER (PARTITION BY user ORDER BY item) AS nth
         FROM impressions JOIN counts USING (item) ORDER BY user, nth -- a remark`,
        ["user", "item", "shown:number", "clicks:number", "nth:number"],
      ),
    ).toEqual({
      user: ["07", "07", "3", "9"],
      item: ["a", "b", "a", "c"],
      shown: [2, 1, 2, 1],
      clicks: [1, 1, 1, 0],
      nth: [1, 2, 1, 1],
    });
  });
});

describe("two readings are equal", () => {
  const NUM_ROWS = 60_000;
  beforeAll(async () => {
    // Small row groups, so that threads do race for them.
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const write = (name: string, select: string) =>
      connection.run(
        `COPY (${select}) TO '${join(folder, name)}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`,
      );
    await write(
      "many.parquet",
      `SELECT CAST((i * 7919) % 1000 AS VARCHAR) AS key, CAST(i % 313 AS VARCHAR) AS other FROM range(${NUM_ROWS}) t(i)`,
    );
    await write(
      "names.parquet",
      "SELECT CAST(i AS VARCHAR) AS key, CAST(i * 0.1 AS DOUBLE) AS weight FROM range(1000) t(i)",
    );
    connection.closeSync();
    instance.closeSync();
    tables = {
      ...tables,
      many: { path: join(folder, "many.parquet") },
      names: { path: join(folder, "names.parquet") },
    };
  });

  test.each([
    ["a join", "SELECT many.key, other, weight FROM many JOIN names USING (key)"],
    [
      "an ORDER BY with ties",
      "SELECT key, other, weight FROM many JOIN names USING (key) ORDER BY key",
    ],
    [
      "a sum of fractions",
      "SELECT key, sum(CAST(weight AS DOUBLE) / 3) AS other, max(weight) AS weight FROM many JOIN names USING (key) GROUP BY key",
    ],
    [
      "a LIMIT inside",
      "SELECT key, other, weight FROM (SELECT * FROM many JOIN names USING (key) LIMIT 1000)",
    ],
  ])("%s", async (_, query) => {
    const wanted = ["key", "other:number", "weight"];
    const first = await read(query, wanted, { threads: 4 });
    expect(await read(query, wanted, { threads: 4 })).toEqual(first);
    expect(await read(query, wanted, { threads: 2 })).toEqual(first);
  });

  test("an ORDER BY with ties gives each row once, sorted", async () => {
    const { key, other } = await read(
      "SELECT key, other FROM many JOIN names USING (key) ORDER BY key",
      ["key", "other"],
    );
    const expected = Array.from(
      { length: NUM_ROWS },
      (_, i) => `${(i * 7919) % 1000},${i % 313}`,
    ).toSorted((a, b) => {
      const [left, right] = [a.split(","), b.split(",")];
      return left[0] === right[0] ? (left[1]! < right[1]! ? -1 : 1) : left[0]! < right[0]! ? -1 : 1;
    });
    expect(key!.map((own, i) => `${own},${other![i]}`)).toEqual(expected);
  });
});

describe("a query reads its tables and nothing else", () => {
  test.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('FOLDER/secret.csv')",
    "SELECT * FROM read_csv('FOLDER/../*/secret.csv')",
    "SELECT * FROM glob('FOLDER/*')",
    "SELECT file AS user FROM read_blob('/etc/hostname')",
    "SELECT * FROM query('SELECT * FROM read_text(''FOLDER/secret.csv'')')",
    "SELECT user FROM impressions WHERE user = (SELECT content FROM read_text('FOLDER/secret.csv'))",
    "SELECT * FROM read_csv('https://example.com/a.csv')",
    "SELECT Delimiter AS user FROM sniff_csv('FOLDER/secret.csv')",
  ])("%s", async (query) => {
    const message = await failure(query.replaceAll("FOLDER", folder));
    expect(message).toMatch(/^\[DATA_QUERY\] client "de": query fails: (Permission|Catalog) Error/);
    expect(message).not.toContain(SECRET);
  });

  test.each([
    "COPY impressions TO 'FOLDER/impressions.csv'",
    "ATTACH 'FOLDER/new.db'",
    "INSTALL httpfs",
    "SET enable_external_access = true",
    "SELECT 1; SET enable_external_access = true",
    "CREATE TABLE a AS SELECT 1",
    "PRAGMA version",
  ])("no SELECT: %s", async (query) => {
    expect(await failure(query.replaceAll("FOLDER", folder))).toMatch(
      /^\[DATA_QUERY\] client "de": query (is no SELECT|holds 2 statements)/,
    );
  });
});

describe("bad queries: the client, what DuckDB says, the way out", () => {
  test("a table that is not there", async () => {
    expect(await failure("SELECT * FROM impresions")).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query fails: Catalog Error: Table with name impresions does not exist!; it reads only the tables that it is given: impressions (user, item, click, price); users (user, country); many (key, other); names (key, weight)"`,
    );
  });
  test("a column that is not there", async () => {
    expect(await failure("SELECT usr FROM users")).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query fails: Binder Error: Referenced column "usr" not found in FROM clause!; it reads only the tables that it is given: impressions (user, item, click, price); users (user, country); many (key, other); names (key, weight)"`,
    );
  });
  test("a column that a role names and the query does not give", async () => {
    expect(await failure("SELECT user FROM users", ["country"])).toMatchInlineSnapshot(
      `"[DATA_MISSING_COLUMN] client "de": its query has no column "country"; it has: user"`,
    );
  });
  test("no SQL", async () => {
    expect(await failure("SELEC user FROM users")).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query is no SELECT that DuckDB understands: syntax error at or near "SELEC"; mend its SQL"`,
    );
  });
  test("a cast that fails while rows are read", async () => {
    expect(
      await failure("SELECT CAST(country AS INTEGER) AS user FROM users"),
    ).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query fails: Conversion Error: Could not convert string 'de' to INT32 when casting from source column country; it reads only the tables that it is given: impressions (user, item, click, price); users (user, country); many (key, other); names (key, weight)"`,
    );
  });
  test("no rows", async () => {
    expect(await failure("SELECT user FROM users WHERE user = 'x'")).toMatchInlineSnapshot(
      `"[DATA_EMPTY_FILE] client "de": its query gives no rows; loosen its conditions or remove the client"`,
    );
  });
  test("values that change from run to run", async () => {
    expect(await failure("SELECT user, random() AS r FROM users")).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query calls random(), whose value changes from run to run; derive the column from the rows, such as hash(user) % 10"`,
    );
    expect(await failure("SELECT user, now() AS r FROM users")).toContain("calls now()");
    expect(await failure("SELECT user FROM users USING SAMPLE 50%")).toMatchInlineSnapshot(
      `"[DATA_QUERY] client "de": query draws a sample anew each run; write USING SAMPLE ... REPEATABLE (1), or filter by hash(user) % 10 = 0"`,
    );
  });
  test("parts that do not go together", async () => {
    const problem = (config: Record<string, unknown>) =>
      readTable(sourceConfig.parse(config), { client: "de", columns: [] }).then(
        () => "no error",
        (error: unknown) => (error as Error).message,
      );
    expect(await problem({})).toMatchInlineSnapshot(
      `"client "de": its source names no rows; give path, or query with tables"`,
    );
    expect(await problem({ path: "a.csv", query: "SELECT 1", tables: {} })).toMatchInlineSnapshot(
      `"client "de": its source has both path and query; keep path, or move it into tables"`,
    );
    expect(await problem({ query: "SELECT 1" })).toMatchInlineSnapshot(
      `"client "de": its source has a query but no tables; name the files it reads, such as tables: { rows: { path: rows.csv } }"`,
    );
    expect(await problem({ query: "SELECT 1", tables, format: "csv" })).toMatchInlineSnapshot(
      `"client "de": its source has a query, so format, delimiter and columnNames belong to each of its tables"`,
    );
  });
});
