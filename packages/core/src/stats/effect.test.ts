import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/ranks.json" with { type: "json" };
import { effectOf } from "./effect.ts";
import { estimate, macroOf, type Estimate } from "./estimate.ts";
import { meanOver } from "./worlds.fixture.ts";

const higherIsBetter = true;
const options = { samples: 100, client: "c" };

/** Two methods of one client, by seed and user. */
function pairOf(
  a: readonly (readonly number[])[],
  b: readonly (readonly number[])[],
): [Estimate, Estimate] {
  const [first, second] = estimate([a.map(meanOver), b.map(meanOver)], options);
  return [first!, second!];
}

describe("effect sizes", () => {
  test.each(fixtures.effects)(
    "one client: Cohen's d of paired differences, as NumPy has it",
    (own) => {
      const seen = effectOf(...pairOf(own.a, own.b), { higherIsBetter });
      expect(seen.effect).toBeCloseTo(own.effect, 10);
      expect(seen.gain).toBeCloseTo(own.gain, 10);
      // Over one client, d sqrt(n) is the paired t.
      expect(seen.effect! * Math.sqrt(own.a[0]!.length)).toBeCloseTo(own.t, 9);
    },
  );

  test("over clients, closed form: d = difference / sqrt(N sum_c var_c / n_c / C^2)", () => {
    const small = pairOf([[1, 2, 6]], [[0, 0, 0]]);
    const large = pairOf([[2, 4, 2, 4, 3]], [[0, 0, 0, 0, 0]]);
    const macro = (i: 0 | 1) => macroOf([small[i], large[i]]);
    // Variances of users 7 and 1, three and five of them; both means are 3.
    const deviation = Math.sqrt((8 * (7 / 3 + 1 / 5)) / 4);
    expect(effectOf(macro(0), macro(1), { higherIsBetter }).effect).toBeCloseTo(3 / deviation, 12);
  });

  test("where less is better, less is a gain", () => {
    const [a, b] = pairOf([[1, 2, 3]], [[4, 3, 8]]);
    const less = effectOf(a, b, { higherIsBetter: false });
    const more = effectOf(a, b, { higherIsBetter });
    expect(less.gain).toBeCloseTo(60, 12);
    expect(less).toEqual({ gain: -more.gain!, effect: -more.effect! });
  });

  test("no difference is 0 where less is better, too, as files know no -0", () => {
    const [a, b] = pairOf([[1, 2, 3]], [[3, 1, 2]]);
    expect(effectOf(a, b, { higherIsBetter: false })).toEqual({ gain: 0, effect: 0 });
  });

  test("users that all differ by the same have no spread to measure by; nothing is a share of 0", () => {
    const [a, b] = pairOf([[1, 2, 3]], [[0, 1, 2]]);
    expect(effectOf(a, b, { higherIsBetter })).toEqual({ gain: 100 });
    const [c, zero] = pairOf([[1, 2, 3]], [[1, 0, -1]]);
    expect(Object.keys(effectOf(c, zero, { higherIsBetter }))).toEqual(["effect"]);
  });
});
