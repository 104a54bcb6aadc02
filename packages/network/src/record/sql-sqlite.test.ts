import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { openSqlite } from "./sql-sqlite.ts";

const folder = mkdtempSync(join(tmpdir(), "atoll-sqlite-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("one process works with a record at a time; one that was killed leaves no lock", async () => {
  const file = join(folder, "locked", "record.sqlite");
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "recording-process.fixture.ts"), file],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await once(child.stdout, "data");
  child.stdout.resume();
  await expect(openSqlite(file)).rejects.toMatchObject({
    code: "RECORD_LOCKED",
    message: expect.stringContaining(`in use by process ${child.pid}; stop that server`),
  });
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  const sql = await openSqlite(file);
  await expect(openSqlite(file)).rejects.toMatchObject({
    code: "RECORD_LOCKED",
    message: expect.stringContaining(`in use by process ${process.pid};`),
  });
  await sql.close();
  await sql.close();
  await (await openSqlite(file)).close();
});

test("its owner alone may read it", async () => {
  const file = join(folder, "private", "record.sqlite");
  const sql = await openSqlite(file);
  await sql.query("CREATE TABLE t (a BIGINT)");
  expect(statSync(join(folder, "private")).mode & 0o777).toBe(0o700);
  for (const end of ["", "-wal", ".lock"]) expect(statSync(file + end).mode & 0o777).toBe(0o600);
  await sql.close();
});

test("it is written through at each commit", async () => {
  const sql = await openSqlite(join(folder, "through.sqlite"));
  expect(await sql.query("PRAGMA synchronous")).toEqual([{ synchronous: 2 }]);
  expect(await sql.query("PRAGMA journal_mode")).toEqual([{ journal_mode: "wal" }]);
  await sql.close();
});

test("a file that is damaged, or of something else, is left alone and named", async () => {
  const other = join(folder, "other.sqlite");
  const database = new DatabaseSync(other);
  database.exec("CREATE TABLE t (a)");
  database.close();
  await expect(openSqlite(other)).rejects.toMatchObject({
    code: "RECORD_UNUSABLE",
    message: `${other} is a database of something else; give another path`,
  });
  const damaged = join(folder, "damaged.sqlite");
  writeFileSync(damaged, "no database".repeat(1000));
  await expect(openSqlite(damaged)).rejects.toMatchObject({
    code: "RECORD_UNUSABLE",
    message: expect.stringContaining("put a good copy in its place"),
  });
  writeFileSync(join(folder, "file"), "");
  await expect(openSqlite(join(folder, "file", "record.sqlite"))).rejects.toMatchObject({
    code: "RECORD_UNUSABLE",
  });
});

test("a full disk undoes the transaction and says so; with room it goes on", async () => {
  const sql = await openSqlite(join(folder, "full.sqlite"));
  await sql.query("CREATE TABLE t (a TEXT)");
  await sql.query("PRAGMA max_page_count = 10");
  const fill = () =>
    sql.transaction(async ({ query }) => {
      await query("INSERT INTO t VALUES ($1)", ["small"]);
      await query("INSERT INTO t VALUES ($1)", ["x".repeat(100_000)]);
    });
  await expect(fill()).rejects.toMatchObject({ code: "DISK_FULL" });
  expect(await sql.query("SELECT * FROM t")).toEqual([]);
  await sql.query("PRAGMA max_page_count = 1000");
  await fill();
  expect(await sql.query("SELECT count(*) AS n FROM t")).toEqual([{ n: 2 }]);
  await sql.close();
});

test("transactions and reads of one process go one after another", async () => {
  const sql = await openSqlite(join(folder, "turns.sqlite"));
  await sql.query("CREATE TABLE t (a BIGINT)");
  const add = () =>
    sql.transaction(async ({ query }) => {
      const [row] = await query("SELECT count(*) AS n FROM t");
      await query("INSERT INTO t VALUES ($1)", [row!["n"]]);
    });
  const results = await Promise.allSettled([
    add(),
    sql.transaction(async () => Promise.reject(new Error("no"))),
    add(),
    sql.query("SELECT count(*) AS n FROM t"),
    add(),
  ]);
  expect(results[3]).toEqual({ status: "fulfilled", value: [{ n: 2 }] });
  expect(await sql.query("SELECT a FROM t ORDER BY a")).toEqual([{ a: 0 }, { a: 1 }, { a: 2 }]);
  await expect(sql.query("SELECT $1 AS a", [0.5])).rejects.toThrow("whole numbers, not 0.5");
  await sql.close();
});

test("transactions that wait together: one that fails undoes its own alone, and all that hold are there after a restart", async () => {
  const file = join(folder, "together", "record.sqlite");
  const sql = await openSqlite(file);
  await sql.transaction(({ query }) => query("CREATE TABLE t (n INTEGER PRIMARY KEY)"));
  const add = (n: number, fails = false) =>
    sql.transaction(async ({ query }) => {
      await query("INSERT INTO t (n) VALUES ($1)", [n]);
      if (fails) throw new Error(`no ${n}`);
      const [row] = await query("SELECT count(*) AS rows FROM t");
      return Number(row!["rows"]);
    });
  const outcomes = await Promise.allSettled([add(1), add(2, true), add(3), add(3), add(4)]);
  // Each sees those before it, and nothing of what was undone.
  expect(outcomes.map((one) => (one.status === "fulfilled" ? one.value : "undone"))).toEqual([
    1,
    "undone",
    2,
    "undone",
    3,
  ]);
  const [read] = await Promise.all([sql.query("SELECT n FROM t ORDER BY n"), add(5)]);
  expect(read.map((row) => row["n"])).toEqual([1, 3, 4]);
  await sql.close();
  const again = await openSqlite(file);
  expect(await again.query("SELECT n FROM t ORDER BY n")).toEqual([1, 3, 4, 5].map((n) => ({ n })));
  await again.close();
});
