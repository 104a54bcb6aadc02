import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RawTable } from "@atoll/core/data";
import { sourceConfig } from "./config.ts";
import { createInterner, MISSING } from "./interner.ts";
import { readTable } from "./read-table.ts";
import { streamTable } from "./stream-table.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-dictionary-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Dictionary encoding as its definition says it. */
function naive(values: readonly (string | null)[]): { codes: number[]; values: string[] } {
  const seen: string[] = [];
  const codes = values.map((value) => {
    if (value === null) return -1;
    if (!seen.includes(value)) seen.push(value);
    return seen.indexOf(value);
  });
  return { codes, values: seen };
}

async function read(values: readonly (string | null)[], lanes = 0): Promise<RawTable> {
  const path = join(folder, "values.csv");
  const line = (value: string | null) => (value === null ? "" : `"${value}"`);
  await writeFile(path, `n,v,w\n${values.map((v, i) => `${i},${line(v)},x${i % 7}`).join("\n")}\n`);
  return readTable(sourceConfig.parse({ path }), {
    client: "de",
    columns: [
      { name: "v", as: "text" },
      { name: "n", as: "number" },
      { name: "w", as: "text" },
    ],
    lanes,
  });
}

describe("codes in order of first appearance", () => {
  // 12 bytes lie in a cell, 13 do not; only late rows of `late` are long.
  const edge = [
    "a",
    "twelve bytes",
    "thirteen byte",
    "thirteen bytf",
    "ä".repeat(6),
    "ä".repeat(7),
  ];

  test("texts of 0 to 14 bytes that share their beginnings, as a loop encodes them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.option(fc.constantFrom(...edge), { nil: null }), {
          minLength: 1,
          maxLength: 40,
        }),
        async (values) => {
          const column = (await read(values)).columns["v"]!;
          const { codes, values: own } = naive(values);
          expect(column).toEqual({ kind: "text", codes: Int32Array.from(codes), values: own });
        },
      ),
      { numRuns: 20 },
    );
  });

  test("long texts that begin after the rows from which they are guessed", async () => {
    const late = Array.from({ length: 6000 }, (_, i) =>
      i < 5000 ? `short ${i % 10}` : `a long text ${i % 3}, and a longer one`,
    );
    const { codes, values } = naive(late);
    const column = (await read(late)).columns["v"]!;
    expect(column).toEqual({ kind: "text", codes: Int32Array.from(codes), values });
  });

  test("the same on no thread of their own, on one and on three", async () => {
    const values = Array.from({ length: 150_000 }, (_, i) =>
      i % 11 === 0 ? null : i % 2 === 0 ? `${i % 40_000}` : `a long text ${(i * 7) % 30_000}`,
    );
    const expected = await read(values);
    const column = expected.columns["v"]!;
    expect(
      column.kind === "text" &&
        column.codes.every((code, i) =>
          code < 0 ? values[i] === null : column.values[code] === values[i],
        ),
    ).toBe(true);
    expect(await read(values, 1)).toEqual(expected);
    expect(await read(values, 3)).toEqual(expected);
  });
});

test("an interner tells cells apart by each of their four words", () => {
  const cells = Int32Array.from(
    [
      [1, 2, 3, 4],
      [1, 2, 3, 5],
      [1, 2, 6, 4],
      [1, 7, 3, 4],
      [8, 2, 3, 4],
      [MISSING, 0, 0, 0],
      [0, 0, 0, 0],
      [1, 2, 6, 4],
    ].flat(),
  );
  const codes = new Int32Array(8);
  const interner = createInterner();
  expect([...interner.encode(cells, codes, 8)]).toEqual([0, 1, 2, 3, 4, 6]);
  expect([...codes]).toEqual([0, 1, 2, 3, 4, -1, 5, 2]);
  expect([...interner.encode(cells, codes, 8)]).toEqual([]);
});

test("blocks come in order, and each brings only the texts that are new", async () => {
  const path = join(folder, "blocks.csv");
  const numRows = 200_000;
  await writeFile(
    path,
    `v\n${Array.from({ length: numRows }, (_, i) => `${i >> 1}`).join("\n")}\n`,
  );
  let at = 0;
  let known = 0;
  const rows: number[] = [];
  for await (const block of streamTable(sourceConfig.parse({ path }), {
    client: "de",
    columns: [{ name: "v", as: "text" }],
    onRows: (count) => rows.push(count),
  })) {
    const column = block.columns[0]!;
    if (column.kind !== "text") throw new Error("text was asked for");
    expect(column.codes.every((code, i) => code === (at + i) >> 1)).toBe(true);
    at += block.numRows;
    known += column.fresh.ends.length;
    expect(known).toBe((at + 1) >> 1);
  }
  expect([at, rows.at(-1)]).toEqual([numRows, numRows]);
});

test("a reading that is left early closes its database and threads", async () => {
  const path = join(folder, "early.csv");
  await writeFile(path, `v\n${Array.from({ length: 200_000 }, (_, i) => `${i}`).join("\n")}\n`);
  const source = sourceConfig.parse({ path });
  const options = { client: "de", columns: [{ name: "v", as: "text" as const }], lanes: 2 };
  for await (const block of streamTable(source, options)) {
    expect(block.numRows).toBeGreaterThan(0);
    break;
  }
  const abort = new AbortController();
  const reading = readTable(source, {
    ...options,
    signal: abort.signal,
    onRows: () => abort.abort(),
  });
  await expect(reading).rejects.toThrow(/abort/i);
});
