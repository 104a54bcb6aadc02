import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sigmoidsOfLists, softmaxOfLists } from "./list-scores.ts";

const lists = { list: Int32Array.of(4, 4, 4, 7) };

describe.each([
  { name: "softmax", of: softmaxOfLists },
  { name: "sigmoids", of: sigmoidsOfLists },
])("$name", ({ of }) => {
  test("however far apart logits are, none tie that did not, and all are probabilities", () => {
    const whole = fc.integer({ min: -5000, max: 5000 });
    fc.assert(
      fc.property(fc.array(whole, { minLength: 4, maxLength: 4 }), (logits) => {
        const scores = of(Float64Array.from(logits), lists);
        for (const score of scores) expect(score >= 0 && score <= 1).toBe(true);
        for (const i of [0, 1, 2])
          for (const j of [0, 1, 2])
            expect(Math.sign(scores[i]! - scores[j]!)).toBe(Math.sign(logits[i]! - logits[j]!));
      }),
    );
  });

  test("knows nothing but lists", () => {
    expect(() => of(Float64Array.of(1), { list: undefined })).toThrow(RangeError);
    expect(of(new Float64Array(0), { list: new Int32Array(0) })).toHaveLength(0);
  });
});

test("a softmax over each list, also of equal logits", () => {
  const total = 1 + Math.exp(-1) + Math.exp(-2);
  expect([...softmaxOfLists(Float64Array.of(1001, 1000, 999, -5), lists)]).toEqual([
    expect.closeTo(1 / total, 12),
    expect.closeTo(Math.exp(-1) / total, 12),
    expect.closeTo(Math.exp(-2) / total, 12),
    1,
  ]);
  expect(softmaxOfLists(Float64Array.of(5, 5, 5, 5), lists)[0]).toBeCloseTo(1 / 3, 12);
});

test("sigmoids as they are up to 30, each list by itself", () => {
  const scores = sigmoidsOfLists(Float64Array.of(0, Math.log(3), -30, 60), lists);
  expect([...scores]).toEqual([
    0.5,
    expect.closeTo(0.75, 12),
    1 / (1 + Math.exp(30)),
    1 / (1 + Math.exp(-30)),
  ]);
  expect(sigmoidsOfLists(new Float64Array(4), lists)).toEqual(new Float64Array(4).fill(0.5));
});
