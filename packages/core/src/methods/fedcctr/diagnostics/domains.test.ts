import fc from "fast-check";
import { describe, expect, test } from "vitest";
/** By benchmarks/reference/domains.py. */
import reference from "./__fixtures__/domains.json" with { type: "json" };
import { domainDiagnostics } from "./domains.ts";
import type { UserRepresentations } from "./types.ts";

const representationsOf = (
  values: readonly number[],
  { users, width }: { readonly users: number; readonly width: number },
): UserRepresentations => ({ values: Float32Array.from(values), users, width });

describe("against numpy", () => {
  const found = domainDiagnostics(["food", "kitchen"], {
    representations: representationsOf(reference.values, reference),
  });

  test("cosines of the same user, and of different ones, over users that have both vectors", () => {
    expect(found.cosines.map(({ encoders }) => encoders)).toEqual([
      ["food", "kitchen"],
      ["food", "merged"],
      ["kitchen", "merged"],
    ]);
    found.cosines.forEach(({ users, mean, others }, i) => {
      expect(users).toBe(reference.cosines[i]!.users);
      expect(mean).toBeCloseTo(reference.cosines[i]!.mean, 7);
      expect(others).toBeCloseTo(reference.cosines[i]!.others, 7);
    });
    expect(found.cosines.map(({ users }) => users)).toEqual([11, 12, 11]);
  });

  test("principal components, to the digits that a picture shows", () => {
    const projection = found.projection!;
    expect(projection.x).toHaveLength(reference.x.length);
    projection.x.forEach((x, i) => expect(Math.abs(x - reference.x[i]!)).toBeLessThan(6e-5));
    projection.y.forEach((y, i) => expect(Math.abs(y - reference.y[i]!)).toBeLessThan(6e-5));
    projection.explained.forEach((share, i) =>
      expect(share).toBeCloseTo(reference.explained[i]!, 9),
    );
    // The fifth user has no second vector.
    expect(projection.encoder.slice(11, 16)).toEqual([2, 0, 2, 0, 1]);
    expect(projection.user.slice(11, 16)).toEqual([3, 4, 4, 5, 5]);
  });
});

describe("what there is to compare", () => {
  test("an encoder that gives nothing has no cosines and no points", () => {
    const values = [1, 0, 0, 0, 0, 1, 0.6, 0.8, 0, 0, 1, 0];
    const found = domainDiagnostics(["a", "b"], {
      representations: representationsOf(values, { users: 2, width: 2 }),
    });
    expect(found.cosines).toHaveLength(1);
    expect(found.cosines[0]!.encoders).toEqual(["a", "merged"]);
    expect(found.cosines[0]!.mean).toBeCloseTo(0.3, 7);
    // (1, 0) with (1, 0) and (.6, .8) with (0, 1).
    expect(found.cosines[0]!.others).toBeCloseTo(0.9, 7);
    expect(found.projection!.encoder).toEqual([0, 2, 0, 2]);
  });

  test("one encoder alone has nothing to be compared with, and no picture", () => {
    const found = domainDiagnostics(["a"], {
      representations: representationsOf([0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1, 1], {
        users: 3,
        width: 2,
      }),
    });
    expect(found).toEqual({ encoders: ["a", "merged"], cosines: [] });
  });

  test("a party without representations tells who retired", () => {
    const retired = { clients: 10, byRound: [0, 2], rounds: 2 };
    const found = domainDiagnostics(["a", "b"], {
      representations: representationsOf([], { users: 0, width: 4 }),
      retired,
    });
    expect(found).toEqual({ encoders: ["a", "b", "merged"], cosines: [], retired });
  });

  test("equal vectors have no picture", () => {
    const found = domainDiagnostics(["a"], {
      representations: representationsOf([1, 2, 1, 2, 2, 4, 1, 2], { users: 2, width: 2 }),
    });
    expect(found.projection).toBeUndefined();
    expect(found.cosines[0]!.mean).toBeCloseTo(1, 12);
  });

  test("of many users, 300 are drawn, evenly spaced", () => {
    const values = Array.from({ length: 700 * 2 * 2 }, (_, i) => Math.sin(i * 1.7));
    const { projection, cosines } = domainDiagnostics(["a"], {
      representations: representationsOf(values, { users: 700, width: 2 }),
    });
    expect(projection!.x).toHaveLength(600);
    expect(cosines[0]!.users).toBe(700);
  });

  test("sizes that do not fit, and what is not finite, are refused", () => {
    expect(() =>
      domainDiagnostics(["a", "b"], {
        representations: representationsOf([1, 2], { users: 1, width: 2 }),
      }),
    ).toThrow(RangeError);
    expect(() =>
      domainDiagnostics(["a"], {
        representations: representationsOf([1, NaN], { users: 1, width: 1 }),
      }),
    ).toThrow(/finite/);
  });
});

test("lengths of vectors never matter, and cosines stay within -1 and 1", () => {
  const entries = fc.array(fc.float({ min: -4, max: 4, noNaN: true }), {
    minLength: 4 * 3 * 3,
    maxLength: 4 * 3 * 3,
  });
  fc.assert(
    fc.property(entries, fc.constantFrom(0.25, 2, 64), (values, factor) => {
      // Whole steps: subnormal numbers lose digits when they are scaled.
      const whole = values.map((value) => Math.round(value * 8));
      const of = (own: readonly number[]) =>
        domainDiagnostics(["a", "b"], {
          representations: representationsOf(own, { users: 4, width: 3 }),
        });
      const found = of(whole);
      expect(of(whole.map((value) => value * factor))).toEqual(found);
      for (const { mean, others = 0 } of found.cosines) {
        expect(Math.abs(mean)).toBeLessThanOrEqual(1 + 1e-12);
        expect(Math.abs(others)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
  );
});
