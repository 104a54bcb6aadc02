import { expect, test } from "vitest";
import { cohortOf } from "./cohort.ts";
import { format } from "./document.ts";
import type { OverheadRow, UploadRow } from "./results.ts";

const uploaded = (own: Partial<UploadRow>): UploadRow => ({
  carrier: "HTTPS",
  clients: 10,
  wallSeconds: 15,
  slowestSeconds: 14.9,
  fetchSeconds: 9,
  cpuSeconds: 8,
  beforeMiB: 400,
  receivingMiB: 500.4,
  aggregatingMiB: 700,
  ...own,
});
const round = (own: Partial<OverheadRow>): OverheadRow => ({
  record: "SQLite",
  clients: 1,
  checkpointSeconds: 5,
  ms: [10, 20, 30],
  cpuMs: 7,
  ...own,
});
const page = (load: number) =>
  format(
    {
      machine: "a machine",
      date: "2026-01-01",
      load: { upload: load },
      upload: [
        uploaded({ wallSeconds: 20 }),
        uploaded({}),
        uploaded({ wallSeconds: 12 }),
        uploaded({ carrier: "NATS", wallSeconds: 15.2 }),
        uploaded({ clients: 1, wallSeconds: 90 }),
      ],
      overhead: [round({}), round({ clients: 10, ms: [60] }), round({ checkpointSeconds: 0 })],
    },
    4,
  );

test("goals are held against the medians of the largest setting, and of checkpoints as they are by default", () => {
  expect(page(0)).toContain("at most 1.5 s per client. HTTPS 1.50 s: met; NATS 1.52 s: not met.");
  expect(page(0)).toContain(
    "at most 50 ms. SQLite, 1 silo, 20 ms: met; SQLite, 10 silos, 60 ms: not met.",
  );
  expect(page(0)).toContain(
    "| HTTPS | 10 | 1.50 (1.20 to 2.00) | 14.9 (14.9 to 14.9) | 9.0 (9.0 to 9.0) | 8.0 (8.0 to 8.0) | 400 | 500 | 700 |",
  );
});

test("a machine that was busy is said to have been", () => {
  expect(page(2)).not.toContain("other work");
  expect(page(2.1)).toContain("other work on 4 cores");
});

test("a cohort is of so many, others in each round, and the same ones again", () => {
  const clients = Array.from({ length: 20 }, (_, i) => `c${i}`);
  const cohorts = [0, 1, 2].map((number) => cohortOf(clients, number, 5));
  expect(cohorts.map((cohort) => new Set(cohort).size)).toEqual([5, 5, 5]);
  expect(new Set(cohorts.map((cohort) => cohort.join())).size).toBe(3);
  expect(cohortOf(clients, 1, 5)).toEqual(cohorts[1]);
  expect(cohortOf(clients, 1, 0)).toEqual(clients);
});
