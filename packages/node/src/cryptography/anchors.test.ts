import { splitClient, type RawColumn, type SplitClient } from "@atoll/core/data";
import {
  createClient,
  federationConfig,
  runStages,
  throughConnections,
  type ClientContext,
  type ClientMemory,
  type ServerOutcome,
} from "@atoll/core/federation";
import { anchorsStage, type MethodSettings } from "@atoll/core/methods";
import { modelConfig } from "@atoll/core/models";
import { jaxExecutor } from "@atoll/core/tensor";
import { trainingConfig } from "@atoll/core/training";
import fc from "fast-check";
import { expect, test } from "vitest";
import { nodeCryptography } from "./index.ts";

const settings: MethodSettings = {
  model: modelConfig.parse({ kind: "lr" }),
  training: trainingConfig.parse({}),
  federation: federationConfig.parse({ rounds: 1 }),
  selectBy: "auc",
  metrics: ["auc"],
  ties: "pessimistic",
  minPositives: 1,
  privacy: { kind: "none" },
  augmentation: { kind: "none" },
  validationLists: 1000,
  minCount: 1,
  common: ["item"],
  features: { categorical: [], numeric: [] },
  startFrom: [],
};

function text(values: readonly string[]): RawColumn {
  return { kind: "text", codes: Int32Array.from(values, (_, i) => i), values };
}

/** Training positives of the items, one each and in the order of their names, and what a split needs besides. */
function marketSplit(client: string, items: readonly string[]): SplitClient {
  const rows = [
    ...items.map((item) => ({ item, label: 1, part: "train" })),
    ...["train", "valid", "test"].flatMap((part) =>
      [0, 1]
        .filter((label) => part !== "train" || label === 0)
        .map((label) => ({ item: "~", label, part })),
    ),
  ];
  const columns = {
    user: text(rows.map((_, i) => `${i}`)),
    item: text(rows.map(({ item }) => item)),
    label: { kind: "number" as const, values: Float64Array.from(rows, ({ label }) => label) },
    part: text(rows.map(({ part }) => part)),
  };
  const split = { kind: "given" as const, column: "part" };
  const roles = { user: "user", item: "item", label: "label", categorical: [], numeric: [] };
  return splitClient(
    { numRows: rows.length, columns },
    { client, columns: roles, feedback: "explicit", split },
    1,
  );
}

/** What each market finds, by raw values, and all bytes that travelled. */
async function findAnchors(catalogues: Readonly<Record<string, readonly string[]>>) {
  const letters: Uint8Array[] = [];
  const parties = Object.entries(catalogues).map(([name, items]) => {
    const memory: ClientMemory = {};
    const context: ClientContext = {
      name,
      seed: 1,
      splits: [marketSplit(name, items)],
      executor: jaxExecutor(),
      store: { write: async () => {}, read: async () => undefined },
      earlier: () => ({ read: async () => undefined }),
      cryptography: nodeCryptography,
      memory,
    };
    return { name, memory, client: createClient([anchorsStage(settings)], context) };
  });
  const outcome: ServerOutcome = await runStages({
    stages: [anchorsStage(settings)],
    seed: 1,
    signal: new AbortController().signal,
    ...throughConnections(
      parties.map(({ name, client }) => ({
        name,
        close: client.close,
        request: async (bytes) => {
          const reply = await client.handle(bytes);
          letters.push(bytes, reply);
          return reply;
        },
      })),
    ),
    onEvent: () => {},
    checkpoint: async () => {},
  });
  const found = Object.fromEntries(
    parties.map(({ name, memory }) => {
      const ordered = [...catalogues[name]!].sort();
      return [name, [...memory.anchors!.items].map((item) => ordered[item - 1]!)];
    }),
  );
  return { found, letters, outcome, memories: parties.map(({ memory }) => memory) };
}

const catalogues = fc
  .array(fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 20 }), {
    minLength: 2,
    maxLength: 5,
  })
  .map((lists) =>
    Object.fromEntries(lists.map((list, i) => [`m${i}`, list.map((item) => `B00004Z${item}J`)])),
  );

test("over P-256 it is the plain intersection, and no message holds an id or its unblinded point", async () => {
  await fc.assert(
    fc.asyncProperty(catalogues, async (own) => {
      const { found, letters, memories } = await findAnchors(own);
      const all = Object.values(own).flat();
      const shared = new Set(all.filter((item, i) => all.indexOf(item) !== i));
      for (const [market, items] of Object.entries(own))
        expect(found[market]).toEqual(items.filter((item) => shared.has(item)).sort());
      for (const { anchors } of memories) expect(anchors!.numAnchors).toBe(shared.size);
      const one = new Uint8Array(32);
      one[31] = 1;
      const points = nodeCryptography.createBlinding(one).blindValues([...new Set(all)]);
      for (const letter of letters) {
        const bytes = Buffer.from(letter);
        for (const item of all) expect(bytes.includes(item)).toBe(false);
        for (let at = 0; at < points.length; at += 32)
          expect(bytes.includes(Buffer.from(points.subarray(at, at + 32)))).toBe(false);
      }
    }),
    { numRuns: 8 },
  );
});

test("32 bytes travel per item and hop, each way", async () => {
  const items = (from: number) => Array.from({ length: 100 }, (_, i) => `B${from + i}`);
  const { outcome } = await findAnchors({ a: items(0), b: items(50), c: items(1000) });
  if (outcome.kind !== "done") throw new Error("stopped");
  // Three lists of 100 go up three times and down twice; what is left is headers, places and numbers.
  const upward = 3 * 3 * 100 * 32;
  const downward = 3 * 2 * 100 * 32;
  expect(outcome.bytesUp - upward).toBeGreaterThan(0);
  expect(outcome.bytesUp - upward).toBeLessThan(12 * 400);
  expect(outcome.bytesDown - downward).toBeLessThan(12 * 400 + 3 * 100 * 8);
});
