import { expect, test } from "vitest";
import { proofsPage } from "./proofs-page.ts";
import type { KillPass, Proofs } from "./proofs.ts";

const pass: KillPass = {
  noise: "local",
  date: "2026-01-02",
  kills: 1,
  atRandom: 0,
  after: {},
  messages: 10,
  problems: [],
};
const proofs: Proofs = {
  machine: "a machine",
  kills: [
    { ...pass, kills: 2, atRandom: 1, after: { "server: checkpoint": 2 } },
    { ...pass, noise: "central", kills: 2, messages: 7, after: { "server: checkpoint": 2 } },
    { ...pass, kills: 1, atRandom: 1, after: { "silo: starting": 1 } },
  ],
  faults: {
    date: "2026-01-02",
    rows: [{ carrier: "nats", runs: 3, faults: 9, different: 0 }],
    kinds: { cut: 9 },
  },
  equality: [
    {
      experiment: "fedmm",
      data: "real",
      method: "fedavg",
      silos: 7,
      namespaces: true,
      lines: 21,
      bytesUp: 1_500_000,
      modelBytes: 0,
      verdict: "the same",
      date: "2026-01-02",
    },
  ],
};

test("counts are added up, and nothing that agrees is called a difference", () => {
  const { text, isAllSame } = proofsPage(proofs);
  expect(isAllSame).toBe(true);
  expect(text).toContain("| local | 2026-01-02 | 2 | 3 | 20 | the same |");
  expect(text).toContain("5 kills, 2 of them at instants of the clock");
  expect(text).toContain("| server: checkpoint | 4 |");
  expect(text).toContain("| NATS | 3 | 9 | 0 |");
  expect(text).toContain(
    "| fedmm | fedavg | real | 7 | 21 | 1.50 | none | the same | 2026-01-02 |",
  );
  expect(text).toContain("each silo in a network namespace of its own");
});

test.each<[string, Proofs]>([
  [
    "a kill that changed something",
    {
      ...proofs,
      kills: [{ ...pass, problems: ["fedavg: outcome"] }],
    },
  ],
  [
    "a fault that did",
    {
      ...proofs,
      faults: { ...proofs.faults!, rows: [{ ...proofs.faults!.rows[0]!, different: 1 }] },
    },
  ],
  [
    "another number across silos",
    { ...proofs, equality: [{ ...proofs.equality![0]!, verdict: "DIFFERENT: lines" }] },
  ],
])("%s is told", (_, given) => {
  expect(proofsPage(given).isAllSame).toBe(false);
});
