import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import reference from "./__fixtures__/request.json" with { type: "json" };
import { requestReader, textIndex, type Recency } from "./index.ts";
import { textProfile } from "./text-profile.ts";

const text = textIndex(reference.titles);
const recency: Recency = { score: (item, days) => 100 * item + days };

test("similarities of a history are those of NumPy", () => {
  const reader = requestReader({ text, decay: reference.decay });
  const out = new Float32Array(1);
  // Whatever was there before is forgotten.
  reader.push(0);
  reader.begin();
  for (const item of reference.history) reader.push(item);
  reference.similarity.forEach((value, item) => {
    reader.write(item, 0, out, 0);
    expect(out[0]).toBeCloseTo(value, 6);
  });
});

describe("numbers come in the order of their names", () => {
  test.each([
    [{ recency, text }, ["recency", "text"], [307, 1]],
    [{ recency }, ["recency"], [307]],
    [{ text }, ["text"], [1]],
    [{}, [], []],
  ] as const)("%#", (given, names, values) => {
    const reader = requestReader({ ...given, decay: 0.5 });
    expect(reader.names).toEqual(names);
    reader.begin();
    reader.push(3);
    const out = new Float32Array(values.length + 2).fill(-1);
    reader.write(3, 7, out, 1);
    expect([...out]).toEqual([-1, ...values.map((value) => expect.closeTo(value, 6)), -1]);
  });
});

test("any history, of any length and decay: the sum over its items", () => {
  const { offsets, terms, weights, numTerms } = text;
  const dense = reference.titles.map((_, item) => {
    const row = new Float64Array(numTerms);
    for (let e = offsets[item]!; e < offsets[item + 1]!; e++) row[terms[e]!] = weights[e]!;
    return row;
  });
  const items = fc.array(fc.nat(reference.titles.length - 1), { maxLength: 120 });
  fc.assert(
    fc.property(items, fc.double({ min: 1e-3, max: 1, noNaN: true }), (history, decay) => {
      const profile = textProfile(text, decay);
      for (const item of history) profile.push(item);
      dense.forEach((row, item) => {
        const expected = history.reduce((sum, other, h) => {
          const cosine = row.reduce((all, weight, t) => all + weight * dense[other]![t]!, 0);
          return sum + decay ** (history.length - 1 - h) * cosine;
        }, 0);
        expect(Math.abs(profile.similarity(item) - expected)).toBeLessThan(1e-9);
      });
    }),
    { numRuns: 50 },
  );
});

test("a decay outside of (0, 1] is refused", () => {
  for (const decay of [0, -1, 1.1, NaN]) expect(() => textProfile(text, decay)).toThrow(RangeError);
});
