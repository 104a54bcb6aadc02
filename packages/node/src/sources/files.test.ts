import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { sourceConfig } from "./config.ts";
import { readTable } from "./read-table.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-files-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  await mkdir(join(folder, name, ".."), { recursive: true });
  await writeFile(join(folder, name), content);
  return join(folder, name);
}

async function ids(pattern: string): Promise<(string | null)[]> {
  const { columns } = await readTable(sourceConfig.parse({ path: join(folder, pattern) }), {
    client: "de",
    columns: [{ name: "id", as: "text" }],
  });
  const column = columns["id"]!;
  return column.kind === "text"
    ? Array.from(column.codes, (code) => (code < 0 ? null : column.values[code]!))
    : [];
}

async function failure(pattern: string): Promise<string> {
  try {
    await ids(pattern);
  } catch (error) {
    if (error instanceof AtollError || error instanceof AtollErrors)
      return error.message.replaceAll(folder, "FOLDER");
    throw error;
  }
  return "no error";
}

describe("patterns", () => {
  test("several files are read in order of their names, whatever their compression", async () => {
    await file("days/2024-01-10.csv", "id,x\n3,c\n");
    await file("days/2024-01-02.csv.gz", gzipSync("id,x\n1,a\n2,b\n"));
    await file("days/2024-01-20.csv.zst", zstdCompressSync("id,x\n04,d\n"));
    await file("days/notes.txt", "no rows");
    expect(await ids("days/2024-*.csv*")).toEqual(["1", "2", "3", "04"]);
    expect(await ids("days/2024-01-{10,02}.csv*")).toEqual(["1", "2", "3"]);
  });

  test("folders in a pattern, and a folder with brackets in its name on the way to one", async () => {
    await file("tree [v1]/b/rows.jsonl", '{"id":"2"}\n');
    await file("tree [v1]/a/rows.jsonl", '{"id":"1","later":3}\n');
    expect(await ids("tree [v1]/*/rows.jsonl")).toEqual(["1", "2"]);
    expect(await ids("tree [v1]/**/*.jsonl")).toEqual(["1", "2"]);
  });

  test("Parquet files with several row groups, and more rows than a block", async () => {
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    await mkdir(join(folder, "groups"));
    for (const part of [0, 1])
      await connection.run(
        `COPY (SELECT 'row ' || (i + ${part * 90_000}) AS id FROM range(90000) t(i)) TO '${join(folder, `groups/${part}.parquet`)}' (FORMAT parquet, ROW_GROUP_SIZE 4096)`,
      );
    connection.closeSync();
    instance.closeSync();
    const read = await ids("groups/*.parquet");
    expect(read.length).toBe(180_000);
    expect(read.every((id, i) => id === `row ${i}`)).toBe(true);
  });

  test("one that matches nothing", async () => {
    expect(await failure("days/2023-*.csv")).toMatchInlineSnapshot(
      `"client "de": no file matches FOLDER/days/2023-*.csv; mend the pattern in data.clients.de.path, which counts from data.directory"`,
    );
  });
  test("files of two formats", async () => {
    await file("mixed/a.csv", "id\n1\n");
    await file("mixed/b.jsonl", '{"id":"2"}\n');
    expect(await failure("mixed/*")).toMatchInlineSnapshot(
      `"client "de": FOLDER/mixed/* matches files of several formats (csv, jsonl); narrow the pattern, or set format"`,
    );
  });
  test("files with other columns, or the same in another order", async () => {
    await file("differ/a.csv", "id,x\n1,2\n");
    await file("differ/b.csv", "x,id\n1,2\n");
    expect(await failure("differ/*.csv")).toMatchInlineSnapshot(
      `"client "de": FOLDER/differ/b.csv has the columns x, id, but FOLDER/differ/a.csv has id, x; files of one pattern must have the same columns in the same order"`,
    );
  });
  test("an empty file among them", async () => {
    await file("empty/a.csv", "id\n1\n");
    await file("empty/b.csv", "");
    expect(await failure("empty/*.csv")).toMatchInlineSnapshot(
      `"client "de": FOLDER/empty/b.csv is empty (0 bytes); give a file with rows or remove the client"`,
    );
  });
  test("a malformed line in one of them names that file", async () => {
    await file("broken/a.csv", "id,x\n1,2\n");
    await file("broken/b.csv", "id,x\n1,2\n3,4,5\n6,7\n");
    expect(await failure("broken/*.csv")).toMatchInlineSnapshot(
      `"client "de": FOLDER/broken/b.csv, line 3 cannot be read as csv: Expected Number of Columns: 2 Found: 3; mend the line or set format, delimiter or header"`,
    );
  });
});

describe("zstd", () => {
  const rows = `id\n${Array.from({ length: 5000 }, (_, i) => `row ${i}`).join("\n")}\n`;
  test("csv, tsv and JSON lines", async () => {
    await file("a.csv.zst", zstdCompressSync(rows));
    await file("a.tsv.zst", zstdCompressSync("id\tx\n007\t1\n"));
    await file("a.jsonl.zst", zstdCompressSync('{"id":"007"}\n'));
    expect((await ids("a.csv.zst")).at(-1)).toBe("row 4999");
    expect(await ids("a.tsv.zst")).toEqual(["007"]);
    expect(await ids("a.jsonl.zst")).toEqual(["007"]);
  });
  test("one that was cut off, and a text that calls itself zstd", async () => {
    const whole = zstdCompressSync(rows);
    await file("cut.csv.zst", whole.subarray(0, whole.length - 10));
    await file("text.csv.zst", "id\n1\n");
    expect(await failure("cut.csv.zst")).toMatchInlineSnapshot(
      `"client "de": FOLDER/cut.csv.zst is no whole zstd file (unexpected end of file); copy it again, or drop the ending .zst if it is plain text"`,
    );
    expect(await failure("text.csv.zst")).toMatchInlineSnapshot(
      `"client "de": FOLDER/text.csv.zst is no whole zstd file (Unknown frame descriptor); copy it again, or drop the ending .zst if it is plain text"`,
    );
  });
});
