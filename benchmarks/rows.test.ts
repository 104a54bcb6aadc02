import { expect, test } from "vitest";
import { merged, tableOf, type Row } from "./rows.ts";

const row = (workload: string, threads: number, ratio: number | null): Row => ({
  workload,
  against: "PyTorch",
  threads,
  ratio,
  goal: 0.9,
  spread: ratio === null ? null : [ratio - 0.01, ratio + 0.01],
  oursMs: 12,
  theirsMs: ratio === null ? null : 12 / ratio,
});

test("rows that were measured again replace the old ones, the others stay", () => {
  const old = [row("b", 1, 2), row("a", 4, 3), row("a", 1, 4), row("gone", 1, 1)];
  const rows = merged(old, [row("a", 4, 0.5)], ["a", "b"]);
  expect(rows.map(({ workload, threads, ratio }) => [workload, threads, ratio])).toEqual([
    ["a", 1, 4],
    ["a", 4, 0.5],
    ["b", 1, 2],
  ]);
});

test("the table says met, missed, or not measured", () => {
  const table = tableOf([row("a", 1, 0.9), row("a", 4, 0.91), row("b", 1, null)]);
  expect(table.split("\n").slice(2)).toEqual([
    "| a | PyTorch | 1 | 12.0 | 13.3 | 0.90 | 0.89 to 0.91 | 0.90 | met |",
    "| a | PyTorch | 4 | 12.0 | 13.2 | 0.91 | 0.90 to 0.92 | 0.90 | missed |",
    "| b | PyTorch | 1 | 12.0 | not measured | not measured |  | 0.90 |  |",
  ]);
});
