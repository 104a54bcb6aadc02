import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "../../../random/index.ts";
import { codeAgreement, codebookUse, divisionByChance, type MarketCodes } from "./alignment.ts";

const market = (name: string, codes: Record<string, number>): MarketCodes => ({
  market: name,
  values: Object.keys(codes),
  codes: Int32Array.from(Object.values(codes)),
});

describe("agreement of codes", () => {
  test("two markets, by hand: 2 of 4 common items agree, where chance gives 1 in 4", () => {
    // a on the common items: 1 1 2 3; b: 1 2 2 0. p_a = 1/4 (0 2 1 1), p_b = 1/4 (1 1 2 0).
    const a = market("a", { p: 1, q: 1, r: 2, s: 3, onlyA: 0 });
    const b = market("b", { s: 0, r: 2, q: 2, p: 1, onlyB: 3 });
    const found = codeAgreement([b, a])!;
    expect(found.pairs).toEqual([
      { markets: ["a", "b"], entities: 4, same: 0.5, chance: (2 * 1 + 1 * 2) / 16 },
    ]);
    expect(found.ratio).toBeCloseTo(2, 12);
    expect(found.entities).toBe(4);
  });

  test("chance is that of the common items, not of all the market's items", () => {
    const a = market("a", { p: 1, q: 2, x1: 7, x2: 7, x3: 7 });
    const b = market("b", { p: 1, q: 2, y1: 7, y2: 7, y3: 7 });
    expect(codeAgreement([a, b])!.chance).toBeCloseTo(0.5, 12);
  });

  test("items without a code do not count, and pairs are pooled by their items", () => {
    const a = market("a", { p: 0, q: 1, r: -1 });
    const b = market("b", { p: 0, q: 1, r: 2 });
    const c = market("c", { p: 1, r: 2 });
    const found = codeAgreement([a, b, c])!;
    expect(found.pairs.map(({ entities, same }) => [entities, same])).toEqual([
      [2, 1],
      [1, 0],
      [2, 0.5],
    ]);
    expect(found.same).toBeCloseTo((2 + 0 + 1) / 5, 12);
    expect([found.comparisons, found.entities]).toEqual([5, 3]);
  });

  test("markets that share no item have nothing to compare; codes apart have no ratio", () => {
    expect(codeAgreement([market("a", { p: 0 }), market("b", { q: 0 })])).toBeUndefined();
    expect(codeAgreement([market("a", { p: 0 })])).toBeUndefined();
    const apart = codeAgreement([market("a", { p: 0, q: 1 }), market("b", { p: 2, q: 3 })])!;
    expect([apart.same, apart.chance, apart.ratio]).toEqual([0, 0, undefined]);
  });

  const world = fc.array(
    fc.dictionary(fc.constantFrom(..."abcdefghij"), fc.integer({ min: -1, max: 3 })),
    { minLength: 2, maxLength: 4 },
  );

  test("equals a naive count, in which chance is the mean over all cross pairs of common items", () => {
    fc.assert(
      fc.property(world, (books) => {
        let [items, same, chance] = [0, 0, 0];
        for (let a = 0; a < books.length; a++)
          for (let b = 0; b < a; b++) {
            const common = Object.keys(books[a]!).filter(
              (key) =>
                books[a]![key]! >= 0 && Object.hasOwn(books[b]!, key) && books[b]![key]! >= 0,
            );
            items += common.length;
            same += common.filter((key) => books[a]![key] === books[b]![key]).length;
            const cross = common.flatMap((one) =>
              common.map((other) => Number(books[a]![one] === books[b]![other])),
            );
            // Sum over items of the mean over cross pairs: n * (equal cross pairs / n^2).
            if (common.length > 0)
              chance += cross.reduce((sum, hit) => sum + hit, 0) / common.length;
          }
        const found = codeAgreement(books.map((book, i) => market(`m${i}`, book)));
        expect(found?.comparisons ?? 0).toBe(items);
        if (found === undefined) return;
        expect(found.same).toBeCloseTo(same / items, 10);
        expect(found.chance).toBeCloseTo(chance / items, 10);
      }),
    );
  });

  test("order of markets and renaming codes alike everywhere change nothing", () => {
    fc.assert(
      fc.property(world, (books) => {
        const given = books.map((book, i) => market(`m${i}`, book));
        const renamed = given.map(({ codes, ...rest }) => ({
          ...rest,
          codes: Int32Array.from(codes, (code) => (code < 0 ? -1 : 9 - code)),
        }));
        expect(codeAgreement(given.toReversed())).toEqual(codeAgreement(given));
        expect(codeAgreement(renamed)).toEqual(codeAgreement(given));
      }),
    );
  });
});

describe("use of a common codebook", () => {
  const uses = (...codes: number[][]) =>
    codebookUse(
      codes.map((own) => ({ codes: Int32Array.from(own) })),
      4,
    );

  test("markets alike: the union is as each of them, one codebook", () => {
    const { perplexity, union, division } = uses([0, 1, 0, 1], [0, 1]);
    expect(perplexity).toEqual([2, 2].map((value) => expect.closeTo(value, 12)));
    expect(union).toBeCloseTo(2, 12);
    expect(division).toBeCloseTo(1, 12);
  });

  test("a carved-up codebook looks fully used, and counts as two", () => {
    const { perplexity, union, division } = uses([0, 1], [2, 3]);
    expect(perplexity).toEqual([2, 2].map((value) => expect.closeTo(value, 12)));
    expect(union).toBeCloseTo(4, 12);
    expect(division).toBeCloseTo(2, 12);
  });

  test("by hand: shares (1/2, 1/2) and (1/4, 3/4); a large market rules the union, not the division", () => {
    const entropy = (...shares: number[]) => -shares.reduce((sum, p) => sum + p * Math.log(p), 0);
    const { union, division } = uses([0, 1], [0, 1, 1, 1, 0, 1, 1, 1]);
    expect(union).toBeCloseTo(Math.exp(entropy(0.3, 0.7)), 12);
    expect(division).toBeCloseTo(
      Math.exp(entropy(0.375, 0.625) - (entropy(0.5, 0.5) + entropy(0.25, 0.75)) / 2),
      12,
    );
  });

  test("by chance: what dealing all codes out anew gives, whichever market had them", () => {
    const byChance = (...codes: number[][]) =>
      divisionByChance(
        codes.map((own) => ({ codes: Int32Array.from(own) })),
        4,
        streamOf(1, "division"),
        20,
      );
    // However 0 0 0 1 is dealt to two markets, one has 0 0 and the other 0 1.
    expect(byChance([0, 0, -1], [0, 1])).toBeCloseTo(uses([0, 0], [0, 1]).division, 12);
    // Four codes, each once, never agree.
    expect(byChance([0, 1], [2, 3])).toBeCloseTo(2, 12);
    // Carved up, with many entities behind each code: far above chance.
    const many = (...codes: number[]) => Array.from({ length: 400 }, (_, i) => codes[i % 2]!);
    expect(byChance(many(0, 1), many(2, 3))).toBeLessThan(1.02);
    expect(uses(many(0, 1), many(2, 3)).division).toBeCloseTo(2, 12);
  });

  test("entities without codes and markets without any change nothing", () => {
    const { counts, perplexity, division } = uses([-1, 0, 1], [], [0, 1, -1]);
    expect(counts.map((own) => [...own])).toEqual([
      [1, 1, 0, 0],
      [0, 0, 0, 0],
      [1, 1, 0, 0],
    ]);
    expect(perplexity[1]).toBe(0);
    expect(division).toBeCloseTo(1, 12);
    expect(uses([], []).division).toBe(0);
  });
});
