import type { RunEvent } from "@atoll/node/runs";
import { expect, test } from "vitest";
import { liveProgress, plainProgress } from "./progress.ts";

const plan: RunEvent = {
  kind: "plan",
  cells: [
    {
      seed: 1,
      method: "local",
      stages: [
        { stage: "train", rounds: 4 },
        { stage: "evaluate", rounds: 1 },
      ],
      rowsPerRound: 1000,
    },
  ],
  finished: [],
  threads: 1,
  clients: ["a", "b"],
  selectBy: "auc",
};
const cell = { seed: 1, method: "local" } as const;
const work = (client: string, share: number): RunEvent => ({
  ...cell,
  kind: "work",
  client,
  work: "training",
  share,
});

test("lines: a pass that takes long says every ten seconds how far the slowest client is", () => {
  let nowMs = 0;
  let written = "";
  const { show } = plainProgress(
    (text) => (written += text),
    () => nowMs,
  );
  show(plan);
  show({ ...cell, kind: "cell-start", resumedAtRound: 0 });
  written = "";
  nowMs = 9000;
  show(work("a", 0.5));
  expect(written).toBe("");
  nowMs = 11_000;
  show(work("b", 0.25));
  expect(written).toBe("[0%  11s] local seed 1: training b 25%\n");
  show(work("b", 0.3));
  expect(written.split("\n")).toHaveLength(2);
});

test("in place: the share stands in the method's line and goes with the round", () => {
  let nowMs = 0;
  let written = "";
  const { show, close } = liveProgress(
    (text) => (written += text),
    () => (nowMs += 1000),
    () => 200,
  );
  show(plan);
  show({ ...cell, kind: "cell-start", resumedAtRound: 0 });
  written = "";
  show(work("a", 0.5));
  expect(written).toContain("local (seed 1)  training a 50%");
  written = "";
  show({ ...cell, kind: "round", stage: "train", round: 0, lines: [] });
  expect(written).toContain("local (seed 1)  round 1/4");
  expect(written).not.toContain("training a");
  close();
});

test("in place: what is being read and split is said before there is a plan", () => {
  let written = "";
  const { show } = liveProgress(
    (text) => (written += text),
    () => 0,
    () => 80,
  );
  show({ kind: "splitting", client: "a", done: 0, total: 2 });
  expect(written).toContain("splitting a (1 of 2)");
});
