import type { StoredCodebook, StoredCodebooks } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { codebookPages, codebookResult } from "./codebook-schema.ts";
import { describeCodebooks, pageOf, type PartyCodebooks } from "./codebooks.ts";

/** Items with two codes each; the measured numbers are what the client wrote, whatever they are. */
function stored(
  codes: Record<string, readonly [number, number]>,
  own: Partial<StoredCodebook> = {},
): StoredCodebook {
  const values = Object.keys(codes);
  return {
    levels: [
      { kind: "global", numCodes: 4 },
      { kind: "local", numCodes: 3 },
    ],
    values,
    counts: values.map((_, i) => 10 - i),
    metrics: {
      usage: [0.5, 1],
      perplexity: [2, 3],
      collisionRate: 0.25,
      reconstruction: 0.5,
      commitment: 0.1,
    },
    errorByRound: [1, 0.5],
    codes: Int32Array.from(Object.values(codes).flat()),
    ...own,
  };
}

const party = (item: StoredCodebook, more: Partial<StoredCodebooks> = {}): StoredCodebooks => ({
  entities: { item },
  releases: [],
  ...more,
});

const seedOne: PartyCodebooks = {
  b: party(stored({ p: [1, 0], q: [2, 0], y: [3, 1] })),
  a: party(stored({ p: [1, 2], q: [3, 2], x: [0, 1], none: [-1, -1] })),
};

describe("codebooks of a method", () => {
  test("means over seeds, with how far the alignment varies", () => {
    const seedTwo: PartyCodebooks = {
      a: party(
        stored(
          { p: [1, 2], q: [2, 2] },
          { metrics: { ...seedOne["a"]!.entities.item!.metrics, perplexity: [4, 1] } },
        ),
      ),
      b: party(stored({ p: [1, 0], q: [2, 0] })),
    };
    const found = codebookResult.parse(describeCodebooks([seedOne, seedTwo], ["item"])).item!;
    expect(found.levels).toEqual(["global", "local"]);
    expect(Object.keys(found.clients)).toEqual(["a", "b"]);
    expect(found.clients["a"]).toEqual({
      entities: 2.5,
      codes: [4, 3],
      usage: [0.5, 1],
      perplexity: [3, 2],
      collisionRate: 0.25,
      reconstruction: 0.5,
    });
    // Seed 1: of p and q one of two agrees, a has codes 1 and 3, b 1 and 2, so chance is 1/4. Seed 2: both
    // agree, chance is 1/2.
    expect(found.agreement).toEqual({
      same: { mean: 0.75, sd: expect.closeTo(Math.sqrt(0.125), 12) },
      chance: { mean: 0.375, sd: expect.closeTo(0.125 * Math.SQRT2, 12) },
      ratio: { mean: 2, sd: 0 },
      entities: 2,
      comparisons: 2,
    });
    // Seed 1: codes 1 3 0 and 1 2 3; seed 2: 1 2 and 1 2.
    const together = Math.exp(-2 * (1 / 3) * Math.log(1 / 3) - 2 * (1 / 6) * Math.log(1 / 6));
    expect(found.common!.union.mean).toBeCloseTo((together + 2) / 2, 12);
    expect(found.common!.division.mean).toBeCloseTo((together / 3 + 1) / 2, 12);
    // Codes 0 and 2 of seed 1 are there once each, so that no deal makes the clients alike.
    expect(found.common!.byChance.mean).toBeGreaterThan(1);
  });

  test("own codebooks have no common use; unlike ids have nothing to compare", () => {
    const local = (codes: Record<string, readonly [number, number]>) =>
      party(
        stored(codes, {
          levels: [
            { kind: "local", numCodes: 4 },
            { kind: "local", numCodes: 3 },
          ],
        }),
      );
    const found = describeCodebooks(
      [{ a: local({ x: [0, 0] }), b: local({ y: [0, 0] }) }],
      ["item"],
    )!;
    expect(found.item!.common).toBeUndefined();
    expect(found.item!.agreement).toBeUndefined();
    const page = pageOf({ a: local({ x: [0, 0] }) }, ["item"])!;
    expect(page.entities.item).toEqual({ errorByRound: { a: [1, 0.5] } });
  });

  test("a method without codebooks has none", () => {
    expect(describeCodebooks([{}, {}], ["item"])).toBeUndefined();
    expect(pageOf({}, ["item"])).toBeUndefined();
  });
});

describe("what a page shows of a seed", () => {
  const page = (parties: PartyCodebooks) => {
    const found = pageOf(parties, ["item"])!;
    return codebookPages.parse({ schema: "atoll/codebooks/v1", seed: 1, methods: { m: found } })
      .methods["m"]!;
  };

  test("uses by code, pairs, and items of the codes that most clients use", () => {
    const { item } = page(seedOne).entities;
    expect(item!.uses).toEqual({ a: [1, 1, 0, 1], b: [0, 1, 1, 1] });
    expect(item!.pairs).toEqual([{ markets: ["a", "b"], entities: 2, same: 0.5, chance: 0.25 }]);
    expect(item!.examples!.map(({ code }) => code)).toEqual([1, 3, 0, 2]);
    expect(item!.examples![1]!.clients).toEqual({
      a: { entities: 1, examples: [{ value: "q", count: 9 }] },
      b: { entities: 1, examples: [{ value: "y", count: 8 }] },
    });
  });

  test("examples are the most popular ones, with their words cut short; entities without a code are not among them", () => {
    const codes = Object.fromEntries(["a", "b", "c", "d", "e"].map((id) => [id, [0, 0] as const]));
    const item = stored(
      { ...codes, none: [-1, -1] },
      { counts: [1, 5, 4, 3, 2, 99], words: ["", "w".repeat(300), "short", "", "", "lost"] },
    );
    const [only] = page({ m: party(item) }).entities.item!.examples!;
    expect(only!.clients["m"]!.entities).toBe(5);
    const { examples } = only!.clients["m"]!;
    expect(examples.map(({ value }) => value)).toEqual(["b", "c", "d", "e"]);
    expect(examples[0]!.words).toBe(`${"w".repeat(119)}…`);
    expect(examples[2]).toEqual({ value: "d", count: 3 });
  });

  test("of users no id is shown", () => {
    const user = stored({ anna: [0, 0], ben: [1, 1] });
    const text = JSON.stringify(page({ m: { entities: { user }, releases: [] } }));
    expect(text).not.toContain("anna");
    expect(text).toContain("uses");
  });

  test("releases of a client about one kind of entity are one line with what they cost together", () => {
    const release = (round: number, epsilon: number) => ({
      entity: "item" as const,
      level: 0,
      round,
      mechanism: "gaussian" as const,
      sensitivity: Math.SQRT2,
      noiseMultiplier: 2,
      delta: 1e-5,
      epsilon,
    });
    const item = stored({ p: [0, 0] });
    const { releases } = page({
      m: party(item, { releases: [release(2, 1.5), release(3, 2.25)] }),
    });
    expect(releases).toEqual([
      {
        client: "m",
        entity: "item",
        count: 2,
        mechanism: "gaussian",
        sensitivity: Math.SQRT2,
        noiseMultiplier: 2,
        delta: 1e-5,
        epsilon: 2.25,
      },
    ]);
  });
});
