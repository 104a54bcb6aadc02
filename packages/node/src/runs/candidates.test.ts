import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { columnsConfig, splitClient, type RawColumn, type SplitClient } from "@atoll/core/data";
import { writeCandidates } from "./candidates.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-candidates-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function text(values: readonly string[]): RawColumn {
  const distinct = [...new Set(values)];
  return {
    kind: "text",
    codes: Int32Array.from(values, (value) => distinct.indexOf(value)),
    values: distinct,
  };
}

const rows = Array.from({ length: 24 }, (_, i) => [`ü${i % 3}`, `"i${(i * 5) % 17}"`, i] as const);

function split(feedback: "implicit" | "explicit"): SplitClient {
  return splitClient(
    {
      numRows: rows.length,
      columns: {
        who: text(rows.map(([who]) => who)),
        what: text(rows.map(([, what]) => what)),
        when: { kind: "number", values: Float64Array.from(rows, ([, , when]) => when) },
        click: { kind: "number", values: Float64Array.from(rows, (_, i) => i % 2) },
      },
    },
    {
      client: "a/b",
      columns: columnsConfig.parse({
        user: "who",
        item: "what",
        time: "when",
        ...(feedback === "explicit" && { label: "click" }),
      }),
      feedback,
      split:
        feedback === "implicit"
          ? { kind: "leave-one-out" }
          : { kind: "random", valid: 0.3, test: 0.3 },
      ...(feedback === "implicit" && { negatives: { evaluation: { count: 4 } } }),
    },
    1,
  );
}

/** A reader of safetensors as another program would write it: header length, JSON header, bytes. */
function readTensors(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = Number(view.getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const slice = (name: string) => {
    const [start, end] = header[name]!.data_offsets;
    return bytes.slice(8 + length + start, 8 + length + end);
  };
  return {
    header,
    numbers: (name: string) => [...new Int32Array(slice(name).buffer)],
    json: (name: string) => JSON.parse(new TextDecoder().decode(slice(name))) as string[],
  };
}

test("another program reads the lists: who, which positive, which candidates, by their ids", async () => {
  const made = split("implicit");
  const file = await writeCandidates(folder, made, 7);
  expect(file).toMatchObject({
    seed: 7,
    file: "candidates/seed-7/a%2Fb.safetensors",
    lists: { valid: 3, test: 3 },
  });
  const bytes = new Uint8Array(await readFile(join(folder, file!.file)));
  expect(file!.sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
  const { numbers, json } = readTensors(bytes);
  const [users, items] = [json("user/ids"), json("item/ids")];
  const lists = numbers("test/user").map((user, list) => {
    const offsets = numbers("test/offsets");
    return {
      user: users[user]!,
      positive: items[numbers("test/item")[list]!]!,
      candidates: numbers("test/items")
        .slice(offsets[list], offsets[list + 1])
        .map((item) => items[item]!),
    };
  });
  // The last row of each user, in time order.
  expect(lists.map(({ user, positive }) => [user, positive])).toEqual(
    rows.slice(-3).map(([who, what]) => [who, what]),
  );
  for (const { user, candidates } of lists) {
    const own = rows.filter(([who]) => who === user).map(([, what]) => what);
    expect(new Set(candidates).size).toBe(4);
    for (const candidate of candidates) expect(own).not.toContain(candidate);
  }
});

test("rows with labels rank no lists and leave no file", async () => {
  expect(await writeCandidates(folder, split("explicit"), 1)).toBeUndefined();
});
