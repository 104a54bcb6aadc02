import type { RunEvent } from "@atoll/node/runs";
import { expect, test } from "vitest";
import { plainProgress } from "./progress.ts";
import { follow, headline, newTally, placeOf, roundsOf } from "./tally.ts";

const cell = { seed: 1, method: "fedmm" } as const;
const stages = [
  { stage: "collaborative", rounds: 10 },
  { stage: "codebook", rounds: 20 },
  { stage: "train", rounds: 5 },
  { stage: "evaluate", rounds: 1 },
];
const plan = (...methods: readonly string[]): RunEvent => ({
  kind: "plan",
  cells: methods.map((method) => ({ seed: 1, method, stages, rowsPerRound: 1000 })),
  finished: [],
  threads: 1,
  clients: ["a"],
  selectBy: "auc",
});
const round = (stage: string, index: number, method = "fedmm"): RunEvent => ({
  seed: 1,
  method,
  kind: "round",
  stage,
  round: index,
  lines: [],
});
const start = (method = "fedmm", resumedAtRound = 0): RunEvent => ({
  seed: 1,
  method,
  kind: "cell-start",
  resumedAtRound,
});

test("time left: rounds of each stage at what they took, also where stages differ a hundredfold", () => {
  const tally = newTally(0);
  follow(tally, plan("fedmm"), 0);
  follow(tally, start(), 0);
  // Ten rounds of 10 s, then ten of 0.1 s: ten of 0.1 s are left, and six of unknown length.
  for (let i = 0; i < 10; i++) follow(tally, round("collaborative", i), 10_000 * (i + 1));
  for (let i = 0; i < 10; i++) follow(tally, round("codebook", i), 100_000 + 100 * (i + 1));
  // 10 * 0.1 + 6 * (101 / 20), at one cell at a time.
  expect(headline(tally, 101_000)).toMatch(/ 31s left at most$/);
});

test("two cells side by side take half the time of both", () => {
  const tally = newTally(0);
  follow(tally, plan("one", "two"), 0);
  for (const method of ["one", "two"]) follow(tally, start(method), 0);
  for (let i = 0; i < 10; i++)
    for (const method of ["one", "two"])
      follow(tally, round("collaborative", i, method), 1000 * (i + 1));
  expect(headline(tally, 10_000)).toContain("26s left at most");
});

test("a stage that stopped early is over once a later one has a round", () => {
  const tally = newTally(0);
  follow(tally, plan("fedmm"), 0);
  follow(tally, start(), 0);
  follow(tally, round("collaborative", 0), 1000);
  follow(tally, round("codebook", 0), 2000);
  const found = tally.cells.get("1/fedmm")!;
  expect(roundsOf(found.stages)).toEqual({ done: 11, most: 36 });
  expect(placeOf(found)).toBe("codebook 1/20");
  follow(tally, { ...cell, kind: "cell-end", rounds: 5, seconds: 3 }, 3000);
  expect(roundsOf(found.stages)).toEqual({ done: 36, most: 36 });
});

test("a resumed cell goes on where it was, not where the count of rounds would put it", () => {
  const tally = newTally(0);
  follow(tally, plan("fedmm"), 0);
  follow(tally, start("fedmm", 12), 0);
  const found = tally.cells.get("1/fedmm")!;
  expect(roundsOf(found.stages).done).toBe(12);
  // Of the twelve, four had been of training.
  follow(tally, round("train", 4), 1000);
  expect(roundsOf(found.stages).done).toBe(35);
});

test("an unplanned stage has no share in the whole and no round of its own", () => {
  const tally = newTally(0);
  follow(tally, plan("fedmm"), 0);
  follow(tally, start(), 0);
  follow(tally, round("greeting", 0), 1000);
  expect(roundsOf(tally.cells.get("1/fedmm")!.stages).done).toBe(0);
  expect(placeOf(tally.cells.get("1/fedmm")!)).toBe("greeting 1/1");
});

test("lines: every round of training, of other stages one in ten seconds, with its name", () => {
  let nowMs = 0;
  let written = "";
  const { show } = plainProgress(
    (text) => (written += text),
    () => nowMs,
  );
  show(plan("fedmm"));
  show(start());
  written = "";
  for (let i = 0; i < 10; i++) {
    nowMs += 3000;
    show(round("codebook", i));
  }
  show(round("train", 0));
  show(round("train", 1));
  const lines = written.trim().split("\n");
  expect(lines.map((line) => line.slice(line.indexOf("] ") + 2))).toEqual([
    "fedmm seed 1 codebook 4/20",
    "fedmm seed 1 codebook 8/20",
    "fedmm seed 1 round 1/5",
    "fedmm seed 1 round 2/5",
  ]);
});
