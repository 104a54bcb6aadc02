import { augmentationConfig } from "@atoll/core/augmentation";
import type { DomainDiagnostics, MethodEntry } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { domainPages, domainsResult } from "./domain-schema.ts";
import { describeDomains } from "./domains.ts";
import { twinOf } from "./domain-twin.ts";
import { gatherDomains } from "./gather-domains.ts";
import type { MetricsLine } from "./result.ts";

const party = (mean: number, more: Partial<DomainDiagnostics> = {}): DomainDiagnostics => ({
  encoders: ["food", "kitchen", "merged"],
  cosines: [
    { encoders: ["food", "kitchen"], users: 10, mean, others: 0.25 },
    { encoders: ["food", "merged"], users: 20, mean: 0.9 },
  ],
  ...more,
});

const without = (mean: number): DomainDiagnostics => ({ ...party(mean), cosines: [] });

describe("diagnostics of a method", () => {
  test("means over seeds; only domains are told as overlapping", () => {
    const found = domainsResult.parse(describeDomains([[party(0.75)], [party(0.95)]], undefined));
    expect(found.cosines).toEqual([
      {
        encoders: ["food", "kitchen"],
        users: 10,
        cosine: { mean: 0.85, sd: expect.closeTo(Math.SQRT2 / 10, 12) as number },
        others: { mean: 0.25, sd: 0 },
        overlap: "overlapping",
      },
      { encoders: ["food", "merged"], users: 20, cosine: { mean: 0.9, sd: 0 } },
    ]);
    expect(found.findings.map(({ text }) => text)).toEqual([
      "representations of food and kitchen overlap (mean cosine .85): raise cdrd.weight",
    ]);
  });

  test("parties of a seed hold different clients; who retired stays so after a training that ended earlier", () => {
    const retired = (clients: number, byRound: readonly number[]) => ({
      retired: { clients, byRound, rounds: 4 },
    });
    const found = describeDomains(
      [
        [party(0, retired(10, [0, 1, 1, 2])), { ...without(0), ...retired(30, [0, 2, 2, 2]) }],
        [party(0, retired(10, [0, 0])), { ...without(0), ...retired(30, [0, 8]) }],
      ],
      undefined,
    )!;
    expect(found.retired).toEqual({
      clients: 40,
      rounds: 4,
      byRound: [0, 5.5, 5.5, 6],
      share: 0.15,
      first: 1,
    });
    expect(found.findings.map(({ text }) => text)).toEqual([
      "15% of clients retired by round 4 of 4: raise privacy.epsilon or lower sampling",
    ]);
  });

  test("augmentation beside the training that lacks it alone", () => {
    const augmentation = { users: 4, meanLengthBefore: 13, meanLengthAfter: 15 };
    const found = domainsResult.parse(
      describeDomains(
        [
          [party(0, { augmentation: { ...augmentation, idra: 0.5 } })],
          [party(0, { augmentation: { ...augmentation, meanLengthAfter: 17, idra: 0.25 } })],
        ],
        { against: "plain", metric: "ndcg@10", higherIsBetter: true, with: 0.1, without: 0.2 },
      ),
    );
    expect(found.augmentation).toEqual({
      users: 4,
      meanLengthBefore: 13,
      meanLengthAfter: 16,
      idra: 0.375,
      validation: { against: "plain", metric: "ndcg@10", with: 0.1, without: 0.2 },
    });
    expect(found.findings.map(({ kind }) => kind)).toEqual(["augmentation"]);
  });

  test("density, users reached and answers are means over seeds; stages without a prompt are left out", () => {
    const tally = (answered: number, dropped: Readonly<Record<string, number>>, missing = 0) => ({
      answered,
      dropped,
      missing,
    });
    const seed = (augmented: number, profiles: ReturnType<typeof tally>) =>
      party(0, {
        augmentation: {
          users: 4,
          augmented,
          meanLengthBefore: 13,
          meanLengthAfter: 15,
          density: { before: 0.25, after: augmented / 8 },
          answers: { items: tally(0, {}), profiles, sequences: tally(0, {}, 6) },
          descriptions: [{ item: "Tea", words: `category: ${augmented}` }],
        },
      });
    const found = domainsResult.parse(
      describeDomains(
        [[seed(4, tally(8, { "not JSON": 2 }))], [seed(3, tally(6, { "wrong shape": 4 }, 1))]],
        undefined,
      ),
    );
    expect(found.augmentation).toEqual({
      users: 4,
      augmented: 3.5,
      meanLengthBefore: 13,
      meanLengthAfter: 15,
      density: { before: 0.25, after: 0.4375 },
      answers: {
        profiles: {
          answered: 7,
          dropped: { "not JSON": 1, "wrong shape": 2 },
          missing: 0.5,
          acceptance: 0.7,
        },
        sequences: { answered: 0, dropped: {}, missing: 6 },
      },
      descriptions: [{ item: "Tea", words: "category: 4" }],
    });
    expect(found.findings.map(({ text }) => text.split(":")[0])).toEqual([
      '30% of answers to profiles were dropped, mostly "wrong shape"',
      "5% of prompts of profiles were not asked, and training went on without",
      "100% of prompts of sequences were not asked, and training went on without",
    ]);
  });

  test("a method that kept nothing has nothing", () => {
    expect(describeDomains([[], []], undefined)).toBeUndefined();
  });
});

const entry = (name: string, more: Record<string, unknown> = {}) =>
  ({ kind: "fedcctr", name, width: 8, ...more }) as unknown as MethodEntry;

const line = (
  method: string,
  [seed, round]: readonly [number, number],
  values: MetricsLine["values"],
) => ({
  seed,
  method,
  stage: "train",
  round,
  client: "population-1",
  values,
  bytesUp: 0,
  bytesDown: 0,
  seconds: 0,
});

const HEURISTIC = { augmentation: { kind: "heuristic", liked: 2 }, idra: { weight: 0.4 } };

describe("the same training without augmentation", () => {
  const entries = [
    entry("wide", { width: 16, augmentation: { kind: "none" } }),
    entry("own", HEURISTIC),
    entry("plain", { augmentation: { kind: "none" } }),
  ];
  const lines = [
    line("own", [1, 0], { trainLoss: 9, "valid/food": 0.1, "valid/kitchen": 0.3 }),
    line("own", [1, 1], { "valid/food": 0.2, "valid/kitchen": 0.1 }),
    line("own", [2, 0], { "valid/food": 0.4, "valid/kitchen": 0.4 }),
    line("plain", [1, 0], { "valid/food": 0.5, "valid/kitchen": 0.25 }),
    line("wide", [1, 0], { "valid/food": 0.9 }),
  ];
  const options = {
    entries,
    augmentation: { kind: "none" },
    lines,
    selectBy: "ndcg@10",
  } as const;

  test("the best round of each seed, mean over clients and seeds", () => {
    expect(twinOf(entries[1]!, options)).toEqual({
      against: "plain",
      metric: "ndcg@10",
      higherIsBetter: true,
      with: expect.closeTo(0.3, 12) as number,
      without: 0.375,
    });
    // By a loss the best is the least: .15 and .4.
    expect(twinOf(entries[1]!, { ...options, selectBy: "logloss" })!.with).toBeCloseTo(0.275, 12);
  });

  test("the experiment's augmentation is that of entries without one of their own", () => {
    const augmentation = augmentationConfig.parse({ kind: "heuristic" });
    const silent = entry("own", { idra: { weight: 0.4 } });
    expect(twinOf(silent, options)).toBeUndefined();
    expect(twinOf(silent, { ...options, augmentation })!.against).toBe("plain");
    // Both are augmented: neither lacks it.
    const both = [silent, entry("plain")];
    expect(twinOf(silent, { ...options, entries: both, augmentation })).toBeUndefined();
  });

  test("none for one without augmentation, with another width, or without validation", () => {
    expect(twinOf(entries[2]!, options)).toBeUndefined();
    expect(twinOf(entry("own", { ...HEURISTIC, width: 32 }), options)).toBeUndefined();
    expect(twinOf(entries[1]!, { ...options, lines: lines.slice(0, 3) })).toBeUndefined();
  });
});

test("the picture is the first seed's, of methods that have one", async () => {
  const projection = {
    encoder: [0, 1, 2],
    user: [0, 0, 0],
    x: [1, 2, 3],
    y: [4, 5, 6],
    explained: [0.5, 0.25],
  } as const;
  const kept = new Map([
    ["drawn/1", [party(0, { projection }), without(0)]],
    ["drawn/2", [party(1)]],
    ["plain/1", [party(0)]],
    ["plain/2", [party(0)]],
  ]);
  const { described, pages } = await gatherDomains({
    seeds: [1, 2],
    entries: [entry("drawn"), entry("plain"), entry("other")],
    augmentation: { kind: "none" },
    selectBy: "ndcg@10",
    lines: [],
    readDomains: async ({ seed, method }) => kept.get(`${method}/${seed}`) ?? [],
  });
  expect([...described.keys()]).toEqual(["drawn", "plain"]);
  expect(described.get("drawn")!.cosines[0]!.cosine.mean).toBe(0.5);
  expect(domainPages.parse(pages)).toEqual({
    schema: "atoll/domains/v1",
    seed: 1,
    methods: { drawn: { encoders: ["food", "kitchen", "merged"], projection } },
  });
});
