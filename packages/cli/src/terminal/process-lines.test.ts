import { expect, test } from "vitest";
import { clientTable } from "./client-table.ts";
import { clientLine } from "./client-lines.ts";
import { humanLog } from "./human-log.ts";
import { waitsFor } from "./run-state.ts";
import { serverLine } from "./server-lines.ts";

const cell = { run: "0123456789", seed: 1, method: "fedavg" };
const place = { cell, stage: "train", round: 2 };

test("what a server does, in a few words", () => {
  expect(serverLine({ kind: "round-end", ...place, dropped: ["b", "c"], seconds: 61.04 })).toEqual({
    level: "info",
    text: "fedavg seed 1 round 3 done in 61.0 s, without b, c",
  });
  expect(serverLine({ kind: "cell-start", cell, rounds: 7 }).text).toBe(
    "fedavg seed 1: goes on after 7 rounds",
  );
  const failed = { kind: "run", run: "0123456789", state: "failed", reason: "why" } as const;
  expect(serverLine(failed)).toEqual({ level: "error", text: "run 01234567 failed: why" });
});

test("what a client does; why it refuses, its own people alone learn whole", () => {
  const refused = {
    kind: "job-refused",
    run: "0123456789",
    code: "POLICY_REFUSED",
    reason: "rule maximumRounds",
    details: ["fedavg: 5 rounds are more than 2"],
  } as const;
  expect(clientLine(refused)).toEqual({
    level: "warn",
    text: "run 01234567 refused (POLICY_REFUSED). The server was told: rule maximumRounds\n          fedavg: 5 rounds are more than 2",
  });
  const late = { kind: "answered", cell, seq: 4, verdict: "late", sizeBytes: 2048, seconds: 3 };
  expect(clientLine(late as Parameters<typeof clientLine>[0])!.text).toBe(
    "fedavg seed 1: answer 4, 2.0 KiB, 3s, too late: the round went on without it",
  );
});

test("a log for people leaves out secrets, what is below its level, and what is told elsewhere", () => {
  let text = "";
  const log = humanLog({
    write: (line) => (text += line),
    level: "info",
    now: () => new Date(2024, 0, 1, 9, 5, 7),
    isToldElsewhere: (event) => event === "run.done",
  });
  log.debug("poll");
  log.info("run.done");
  log.warn("call.refused", { client: "a", token: "secret-token", tries: 2 });
  expect(text).toBe("09:05:07  warn: call.refused, client: a, token: [redacted], tries: 2\n");
});

const run = {
  id: "r",
  name: "n",
  createdAtMs: 0,
  methods: ["fedavg"],
  seeds: [1],
  cells: [],
  tasks: [],
  clients: [
    { client: "a", state: "accepted" },
    { client: "b", state: "asked" },
  ],
} as const;

test("whom a run waits for, before it begins and within a round", () => {
  expect(waitsFor({ ...run, state: "waiting" }, 9000)).toEqual([
    { key: "waits for b to take part", text: "waits for b to take part", seconds: 9 },
  ]);
  const task = { cell, stage: "vocabulary", round: 0 };
  const tasks = [
    { ...task, client: "b", state: "leased", openedAtMs: 1000 },
    { ...task, client: "a", state: "open", openedAtMs: 2000 },
    { ...task, client: "c", state: "answered", openedAtMs: 0 },
  ] as const;
  const key = "fedavg seed 1 vocabulary 1 waits for a, b";
  expect(waitsFor({ ...run, state: "running", tasks }, 91_000)).toEqual([
    { key, text: `${key} (1m30s)`, seconds: 90 },
  ]);
});

test("who is there, who is late, who was revoked", () => {
  const certificates = [{ serial: "1", notAfterMs: 86_400_000 }];
  const of = (name: string, more: object) => ({ name, enrolledAtMs: 0, certificates, ...more });
  const clients = [
    of("a", { lastSeenMs: 90_000, software: "atoll" }),
    of("b", { lastSeenMs: 10_000 }),
    of("c", {}),
    of("d", { revokedAtMs: 5, certificates: [] }),
    of("e", { certificates: [] }),
  ];
  expect(clientTable(clients, { nowMs: 100_000, isRunning: true })).toMatchInlineSnapshot(`
    "client  state                   certificate until  software
    a       connected               1970-01-02         atoll
    b       away, seen 1m30s ago    1970-01-02         -
    c       joined, not seen since  1970-01-02         -
    d       revoked                 -                  -
    e       certificate expired     -                  -"
  `);
});
