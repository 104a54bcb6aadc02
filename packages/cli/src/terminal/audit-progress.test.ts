import { expect, test } from "vitest";
import type { AuditEvent } from "@atoll/node/audit";
import { liveAuditProgress, plainAuditProgress } from "./audit-progress.ts";

const trained = (done: number): AuditEvent => ({
  kind: "trained",
  purpose: done === 4 ? "canaries" : "shadow",
  method: "local",
  done,
  total: 4,
});

const events: readonly AuditEvent[] = [
  { kind: "splitting", client: "a", done: 0, total: 2 },
  { kind: "attack", method: "local", attack: "threshold" },
  { kind: "audit-plan", methods: ["local"], trainings: 4, threads: 2 },
  trained(1),
  trained(2),
  trained(4),
  { kind: "attack", method: "local", attack: "items" },
];

/** Shows the events ten seconds apart. */
function shown(how: typeof plainAuditProgress | typeof liveAuditProgress): string {
  let ms = 0;
  let text = "";
  const progress = how(
    (own) => void (text += own),
    () => ms,
    () => 40,
  );
  for (const event of events) {
    ms += 10_000;
    progress.show(event);
  }
  progress.close();
  return text;
}

test("lines say what is done, and how long the trainings that are left will take", () => {
  expect(shown(plainAuditProgress)).toMatchInlineSnapshot(`
    "splitting a (1 of 2)
    local: thresholds of the loss
    1 method (local), 4 trainings, 2 threads
    [1/4 trainings, 10s, 30s left] local: shadow model
    [2/4 trainings, 20s, 20s left] local: shadow model
    [4/4 trainings, 30s] local: training among canaries
    local: one update of each client
    "
  `);
});

test("in place, no line is longer than the terminal, and nothing stays", () => {
  const text = shown(liveAuditProgress);
  const lines = text.split("\r\u001b[2K");
  expect(lines.every((line) => line.length < 40)).toBe(true);
  expect(lines.at(-1)).toBe("");
});
