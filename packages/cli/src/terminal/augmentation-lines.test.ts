import { expect, test } from "vitest";
import type { RunEvent } from "@atoll/node/runs";
import { announceLeaving } from "./announce-leaving.ts";
import { inspectionText } from "./augmentation-inspection.ts";
import { liveProgress, plainProgress } from "./progress.ts";

const asking = (done: number, dropped = 0): RunEvent => ({
  kind: "augmenting",
  model: "m",
  methods: ["a"],
  done,
  total: 1000,
  dropped,
  spent: { calls: done + dropped, promptTokens: 900 * done, answerTokens: 100 * done, money: 0.5 },
});
const leaving: RunEvent = {
  kind: "augmentation-leaves",
  model: "m",
  host: "models.example",
  fields: [
    { stage: "items", fields: ["titles"] },
    { stage: "profiles", fields: ["titles of what a user had", "when"] },
  ],
  users: 1200,
  items: 1,
  calls: 1300,
  promised: ["private"],
};

test("lines: how far the asking is, every ten seconds, with rate, time left and what was spent", () => {
  let nowMs = 0;
  let written = "";
  const { show } = plainProgress(
    (text) => (written += text),
    () => nowMs,
  );
  show(asking(100));
  nowMs = 20_000;
  show(asking(300, 2));
  expect(written).toBe(
    "asking m: 300 of 1,000 (30%)  10/s  1m10s left  2 dropped  302 calls, 300,000 tokens, 0.5000 spent\n",
  );
  show(asking(301));
  show({ ...asking(998, 2), kind: "augmented", answered: 998, missing: 0 } as RunEvent);
  expect(written.split("\n").slice(1)).toEqual([
    "m: 998 answered, 2 dropped; 1,000 calls, 998,000 tokens, 0.5000 spent",
    "",
  ]);
});

test("in place: a bar", () => {
  let nowMs = 0;
  let written = "";
  const { show } = liveProgress(
    (text) => (written += text),
    () => (nowMs += 1000),
    () => 200,
  );
  show(asking(100));
  written = "";
  show(asking(500));
  expect(written).toContain("##########.......... asking m: 500 of 1,000 (50%)");
});

test("what leaves is said even where all else is quiet", () => {
  let stderr = "";
  const process = {
    stdout: { write: () => {} },
    stderr: { write: (text: string) => void (stderr += text) },
  };
  const quiet = { show: () => {}, close: () => {} };
  const { show } = announceLeaving<RunEvent>({ process }, quiet, (event) => event);
  show(asking(1));
  expect(stderr).toBe("");
  show(leaving);
  expect(stderr).toBe(`Prompts for m leave this machine, to models.example:
  items     titles (1 item)
  profiles  titles of what a user had, when (1,200 users)
  in all 1,300 calls
The promise of privacy of private covers nothing of this: it is about what training releases, not about what the model's server is told.
`);
});

test("texts from elsewhere move no cursor", () => {
  const text = inspectionText([
    {
      methods: ["a"],
      kind: "heuristic",
      stages: ["items"],
      users: 1,
      augmented: 0,
      meanLength: { before: 1, after: 1 },
      density: { before: 0.5, after: 0.5 },
      examples: {
        items: [{ domain: "d", title: "\u001b[31mred\u001b[2J\nnext\u202e\r", words: "w" }],
        profiles: [],
        sequences: [],
      },
    },
  ]);
  expect(text).toContain('  d "red next"\n    w');
});
