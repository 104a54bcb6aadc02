import { mkdtemp, readdir, readFile, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RawTable } from "@atoll/core/data";
import { AtollErrors } from "@atoll/core/errors";
import { readTable, sourceConfig, type SourceConfig, type WantedColumn } from "../sources/index.ts";
import { cachedTable, type Origin } from "./cache.ts";
import { cacheDirectory, readCached } from "./read-cached.ts";
import { fingerprintOf } from "./stamp.ts";

let folder: string;
let directory: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-tables-"));
  directory = join(folder, "cache");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wanted: readonly WantedColumn[] = [
  { name: "id", as: "text" },
  { name: "few", as: "text" },
  { name: "x", as: "number" },
];

/** `id` takes more than 65,536 values, `few` three and an empty one. */
function lines(numRows: number): string {
  const rows = Array.from(
    { length: numRows },
    (_, i) =>
      `${i % 3 === 0 ? i : `an id of more than twelve bytes: ä${i}`},${["a", "b", "", "c"][i % 4]!},${i % 5 === 0 ? "" : i / 8}`,
  );
  return `id,few,x\n${rows.join("\n")}\n`;
}

async function write(name: string, content: string): Promise<SourceConfig> {
  await writeFile(join(folder, name), content);
  return sourceConfig.parse({ path: join(folder, name) });
}

async function open(
  source: SourceConfig,
  columns = wanted,
): Promise<{ table: RawTable; origin: Origin["kind"] }> {
  const { table, origin } = await cachedTable(source, { client: "de", columns, directory });
  const loaded = table.load();
  table.close();
  return { table: loaded, origin: origin.kind };
}

async function tableFolder(): Promise<string> {
  const [name, ...others] = await readdir(join(directory, "tables"));
  expect(others).toEqual([]);
  return join(directory, "tables", name!);
}

test("a stored table is the table that was read, at every width of codes and in blocks", async () => {
  const source = await write("a.csv", lines(100_000));
  const direct = await readTable(source, { client: "de", columns: wanted });
  expect((await open(source)).table).toEqual(direct);
  const { table, origin } = await cachedTable(source, { client: "de", columns: wanted, directory });
  expect(origin).toEqual({ kind: "cache" });
  expect(table.columns.map(({ name, kind, numValues }) => [name, kind, numValues])).toEqual([
    ["id", "text", 100_000],
    ["few", "text", 3],
    ["x", "number", 0],
  ]);
  const id = direct.columns["id"]!;
  const x = direct.columns["x"]!;
  if (id.kind !== "text" || x.kind !== "number") throw new Error("other kinds were asked for");
  for (const [start, count] of [
    [0, 10],
    [65_530, 12],
    [99_990, 10],
  ] as const) {
    const codes = new Int32Array(16);
    const values = new Float64Array(16);
    table.readColumn("id", start, count, codes);
    table.readColumn("x", start, count, values);
    expect(codes.subarray(0, count)).toEqual(id.codes.subarray(start, start + count));
    expect(values.subarray(0, count)).toEqual(x.values.subarray(start, start + count));
  }
  expect(() => table.readColumn("id", 99_999, 2, new Int32Array(2))).toThrow(RangeError);
  // Three values and a missing one take a byte a row, 100,000 take four.
  expect(table.bytes).toBeLessThan(100_000 * (4 + 8 + 50 + 1 + 8) + 100);
  table.close();
});

describe("a table is built again when what it is made of changes, and only then", () => {
  test("not for the same source, nor for its copy under another name, nor for a newer date", async () => {
    const source = await write("a.csv", lines(20));
    expect((await open(source)).origin).toBe("built");
    expect((await open(source)).origin).toBe("cache");
    expect((await open(await write("b.csv", lines(20)))).origin).toBe("cache");
    await utimes(source.path!, new Date(), new Date(Date.now() + 60_000));
    expect((await open(source)).origin).toBe("cache");
  });

  test("for other contents of the same length and date", async () => {
    const source = await write("a.csv", "id,few,x\n1,a,2\n");
    const then = new Date(1e12);
    await utimes(source.path!, then, then);
    await pause(60);
    await open(source);
    await write("a.csv", "id,few,x\n1,b,2\n");
    await utimes(source.path!, then, then);
    const { origin, table } = await open(source);
    expect(origin).toBe("built");
    expect(table.columns["few"]).toMatchObject({ values: ["b"] });
  });

  test("for other settings, other columns, and other roles of the same columns", async () => {
    const source = await write("a.csv", "id,few,x\n1,2,3\n4,5,6\n");
    await open(source);
    const other = { ...source, header: false, columnNames: ["id", "few", "x"] };
    expect((await open(other, wanted.slice(0, 2))).table.numRows).toBe(3);
    expect((await open(source, wanted.slice(0, 2))).origin).toBe("built");
    expect((await open(source, [...wanted.slice(0, 2), { name: "x", as: "text" }])).origin).toBe(
      "built",
    );
    expect((await open(source)).origin).toBe("cache");
  });

  test("for another query over the same files, and for another file of a pattern", async () => {
    await write("part-1.csv", "id,few,x\n1,a,2\n");
    const parts = sourceConfig.parse({ path: join(folder, "part-*.csv") });
    expect((await open(parts)).table.numRows).toBe(1);
    await write("part-2.csv", "id,few,x\n2,b,3\n");
    expect((await open(parts)).table.numRows).toBe(2);
    const tables = { parts: { path: join(folder, "part-*.csv") } };
    const query = (text: string) => sourceConfig.parse({ query: text, tables });
    expect((await open(query("SELECT * FROM parts"))).origin).toBe("built");
    expect((await open(query("SELECT * FROM parts"))).origin).toBe("cache");
    const filtered = await open(query("SELECT * FROM parts WHERE id = '2'"));
    expect([filtered.origin, filtered.table.numRows]).toEqual(["built", 1]);
  });

  test("bytes are hashed once, as long as a file stays untouched", async () => {
    const { path } = await write("a.csv", "id\n1\n");
    await pause(60);
    const memory = join(directory, "hashes");
    const first = await fingerprintOf(path!, memory);
    expect(first.remembered).toBe(false);
    expect(await fingerprintOf(path!, memory)).toEqual({ ...first, remembered: true });
    await write("a.csv", "id\n2\n");
    const changed = await fingerprintOf(path!, memory);
    expect(changed.remembered).toBe(false);
    expect(changed.sha256).not.toBe(first.sha256);
    // `printf 'id\n2\n' | sha256sum`
    expect(changed.sha256).toBe("4ece338a824893ad18a76a3173acce24b5e60addef0d55bf47ea13070ea88daa");
  });
});

describe("a damaged cache is noticed and built again", () => {
  const cases: [string, (folder: string) => Promise<void>][] = [
    ["a file cut off", (place) => truncate(join(place, "0.codes"), 10)],
    ["a file that is gone", (place) => rm(join(place, "2.values"))],
    [
      "a bit that flipped",
      async (place) => {
        const bytes = await readFile(join(place, "1.codes"));
        bytes[7]! ^= 1;
        await writeFile(join(place, "1.codes"), bytes);
      },
    ],
    [
      "a dictionary that was changed",
      async (place) => {
        const text = await readFile(join(place, "1.text"), "utf8");
        await writeFile(join(place, "1.text"), text.replace("a", "z"));
      },
    ],
    [
      "a manifest with another number of rows",
      async (place) => {
        const path = join(place, "manifest.json");
        const text = await readFile(path, "utf8");
        await writeFile(path, text.replace('"numRows":1000', '"numRows":900'));
      },
    ],
    ["a manifest of no bytes", (place) => truncate(join(place, "manifest.json"), 0)],
  ];
  test.each(cases)("%s", async (_, damage) => {
    const source = await write("a.csv", lines(1000));
    const { table } = await open(source);
    await damage(await tableFolder());
    const again = await open(source);
    expect(again.origin).toBe("rebuilt");
    expect(again.table).toEqual(table);
    expect((await open(source)).origin).toBe("cache");
    await tableFolder();
  });
});

test("eight builders at once make one whole table and leave nothing else", async () => {
  const source = await write("a.csv", lines(5000));
  const direct = await readTable(source, { client: "de", columns: wanted });
  const all = await Promise.all(Array.from({ length: 8 }, () => open(source)));
  for (const { table } of all) expect(table).toEqual(direct);
  await tableFolder();
});

test("a source that cannot be read leaves nothing in the cache", async () => {
  const source = await write("a.csv", "id,few,x\n1,a,three\n");
  await expect(open(source)).rejects.toThrow(AtollErrors);
  expect(await readdir(join(directory, "tables"))).toEqual([]);
});

test("where the cache cannot be, the table is read without it", async () => {
  const source = await write("a.csv", lines(10));
  const direct = await readTable(source, { client: "de", columns: wanted });
  const options = { client: "de", columns: wanted };
  expect((await readCached(source, { ...options, directory: undefined })).table).toEqual(direct);
  expect(
    (await readCached(source, { ...options, directory: join(source.path!, "cache") })).table,
  ).toEqual(direct);
  expect([undefined, "", "off", "/big/cache"].map((at) => cacheDirectory("/x", at))).toEqual([
    "/x/.atoll/cache",
    "/x/.atoll/cache",
    undefined,
    "/big/cache",
  ]);
});
