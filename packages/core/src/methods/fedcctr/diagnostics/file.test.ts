import { expect, test } from "vitest";
import { readDomains, writeDomains } from "./file.ts";
import type { DomainDiagnostics } from "./types.ts";

test("what a party writes it reads back, and nothing where nothing was written", async () => {
  const files = new Map<string, Uint8Array>();
  const store = {
    write: async (name: string, pieces: readonly Uint8Array[]) => {
      files.set(name, new Uint8Array(Buffer.concat(pieces)));
    },
    read: async (name: string) => files.get(name),
  };
  expect(await readDomains(store)).toBeUndefined();
  const tally = { answered: 4, dropped: { "no list": 2 }, missing: 0 };
  const diagnostics: DomainDiagnostics = {
    encoders: ["food", "kitchen", "merged"],
    cosines: [{ encoders: ["food", "kitchen"], users: 3, mean: 0.25, others: -0.5 }],
    projection: {
      encoder: [0, 1, 2],
      user: [0, 0, 0],
      x: [0.5, -0.25, 0],
      y: [0, 1, -1],
      explained: [0.75, 0.25],
    },
    retired: { clients: 3, byRound: [0, 1], rounds: 2 },
    augmentation: {
      users: 3,
      augmented: 2,
      meanLengthBefore: 13.33,
      meanLengthAfter: 15.41,
      density: { before: 0.25, after: 0.5 },
      answers: { items: tally, profiles: tally, sequences: { ...tally, missing: 1 } },
      descriptions: [{ item: "green tea", words: "drink: tea" }],
      idra: 0.1,
    },
  };
  await writeDomains(store, diagnostics);
  expect(await readDomains(store)).toEqual(diagnostics);
});
