import fc from "fast-check";
import { describe, expect, test } from "vitest";
import fixtures from "./__fixtures__/coordination.json" with { type: "json" };
import { cagrad } from "./cagrad.ts";
import { length, mean, permuted, product, setting, updates } from "./updates.fixture.ts";

const vectors = (...lists: readonly (readonly number[])[]) =>
  lists.map((list) => Float32Array.from(list));
const scaled = (values: ArrayLike<number>, factor: number) =>
  Array.from(values, (value) => value * factor);
const longest = (list: readonly Float64Array[]) => Math.max(...list.map(length));

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, within: number) {
  expect(found).toHaveLength(expected.length);
  const apart = Math.hypot(...Array.from(found, (value, i) => value - expected[i]!));
  expect(apart).toBeLessThanOrEqual(within);
}

describe("the direction agrees with SciPy's, which solves for it without the simplex", () => {
  const unique = fixtures.cagrad.filter((example) => example.unique && example.updates.length > 1);

  test.each(unique)("$name", ({ updates: lists, caution, direction }) => {
    const list = lists.map((values) => Float64Array.from(values));
    // The value of the best compromise fixes the direction to half as many digits.
    expectClose(cagrad(list, { caution }).direction, direction, 1e-6 * length(direction));
  });
});

describe("known answers", () => {
  test("K equal updates D give D (1 + c) / (1 + c^2): 1.4 / 1.16 at c = 0.4", () => {
    const update = [0.3, -1.7, 2];
    const expected = scaled(Float32Array.from(update), 1.4 / 1.16);
    for (const count of [2, 3, 7]) {
      const list = Array.from({ length: count }, () => Float32Array.from(update));
      expectClose(cagrad(list).direction, expected, 1e-7);
    }
  });

  test("one client's update comes back as it went, whatever c", () => {
    const alone = vectors([0.3, -1.7, 2]);
    for (const caution of [0, 0.4, 3])
      expect([...cagrad(alone, { caution }).direction]).toEqual([...alone[0]!]);
  });

  test("orthogonal updates of one length: both gain c' / sqrt(2) beyond their mean, over 1 + c^2", () => {
    // g0 = (1/2, 1/2), w = (1/2, 1/2): U = g0 (1 + c) / (1 + c^2).
    const { direction, weights, worst } = cagrad(vectors([1, 0], [0, 1]), { caution: 0.5 });
    expectClose(direction, [0.6, 0.6], 1e-8);
    expectClose(weights, [0.5, 0.5], 1e-6);
    expect(worst).toBeCloseTo(0.6, 8);
  });

  test("exactly opposite updates cancel: nobody is moved", () => {
    const { direction, worst } = cagrad(vectors([1, -2, 3], [-1, 2, -3]));
    expect([...direction].map((value) => value + 0)).toEqual([0, 0, 0]);
    expect(worst + 0).toBe(0);
  });

  test("opposite updates of unequal length leave no harmless direction: the hurt is as small as c allows", () => {
    // On a line, with g0 = 1/2 and c = 0.4: d is as near to 0 as 1/2 - 0.2.
    const { direction, worst } = cagrad(vectors([2], [-1]));
    expect(direction[0]).toBeCloseTo(0.3 / 1.16, 8);
    expect(worst).toBeCloseTo(-0.3 / 1.16, 8);
  });

  test("opposite updates and a third: a harmless direction in reach is taken, where the mean hurts", () => {
    const list = vectors([1, 0], [-1, 0], [0.5, 1]);
    const { direction, worst } = cagrad(list, { caution: 0.5 });
    // g0 = (1/6, 1/3) hurts the second; the nearest that does not is (0, 1/3), 1/6 away, and c ||g0|| = 0.186.
    expectClose(direction, [0, 1 / 3 / 1.25], 1e-8);
    expect(worst).toBeCloseTo(0, 8);
    expect(cagrad(list, { caution: 0 }).worst).toBeCloseTo(-1 / 6, 12);
  });

  test("a harmless direction just out of reach: the hurt is what is missing, continuously", () => {
    const list = vectors([1, 0], [-1, 0], [0.5, 1]);
    const reach = 1 / Math.sqrt(5);
    for (const missing of [1e-3, 1e-5, 1e-7]) {
      const caution = reach * (1 - missing);
      const { direction, worst } = cagrad(list, { caution });
      const scale = 1 + caution * caution;
      // The way to the left falls short by this share of 1/6; the third is not hurt, and does not bend it.
      expectClose(direction, [missing / 6 / scale, 1 / 3 / scale], 1e-9);
      expect(worst).toBeCloseTo(-missing / 6 / scale, 9);
    }
  });

  test("updates of zeros give zeros; beside them the mean counts them in", () => {
    expect([...cagrad(vectors([0, 0], [0, 0])).direction]).toEqual([0, 0]);
    // Nothing hurts or helps a zero update, so the best worst product is 0 and the mean already has it.
    expectClose(cagrad(vectors([0, 0], [2, 0])).direction, [1 / 1.16, 0], 1e-8);
  });

  test("without caution it is the mean", () => {
    fc.assert(
      fc.property(updates, (list) => {
        expectClose(cagrad(list, { caution: 0 }).direction, mean(list), 1e-14 * longest(list));
      }),
    );
  });
});

describe("laws", () => {
  test("no direction within c ||g0|| of the mean treats its worst client better", () => {
    const probes = fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 7, maxLength: 7 });
    fc.assert(
      fc.property(
        updates,
        setting(1.5),
        fc.array(probes, { minLength: 30 }),
        (list, caution, ways) => {
          fc.pre(list.length > 1);
          const { direction } = cagrad(list, { caution });
          const middle = mean(list);
          const radius = caution * length(middle);
          const own = scaled(direction, 1 + caution * caution);
          const worstOf = (d: ArrayLike<number>) => Math.min(...list.map((u) => product(u, d)));
          const bound = worstOf(own) + 1e-7 * longest(list) * length(middle);
          for (const way of [...ways, middle, scaled(middle, -1), ...list]) {
            const norm = length(middle.map((_, i) => way[i]!));
            if (norm === 0) continue;
            // From the mean, and from the direction itself, in steps that stay in the ball.
            const probe = middle.map((value, i) => value + (radius * way[i]!) / norm);
            expect(worstOf(probe)).toBeLessThanOrEqual(bound);
            for (const share of [0.5, 0.01])
              expect(
                worstOf(own.map((value, i) => value + share * (probe[i]! - value))),
              ).toBeLessThanOrEqual(bound);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test("it stays within c ||g0|| of the mean before it is scaled", () => {
    fc.assert(
      fc.property(updates, setting(1.5), (list, caution) => {
        fc.pre(list.length > 1);
        const middle = mean(list);
        const own = scaled(cagrad(list, { caution }).direction, 1 + caution * caution);
        const away = length(own.map((value, i) => value - middle[i]!));
        expect(away).toBeLessThanOrEqual(
          caution * length(middle) * (1 + 1e-6) + 1e-8 * longest(list),
        );
      }),
    );
  });

  test("the order of the clients changes nothing", () => {
    fc.assert(
      fc.property(permuted, ({ list, other }) => {
        const within = 1e-6 * length(mean(list)) + 1e-9 * longest(list);
        expectClose(cagrad(other).direction, cagrad(list).direction, within);
      }),
    );
  });

  test("updates ten million times smaller give a direction ten million times smaller", () => {
    fc.assert(
      fc.property(updates, fc.constantFrom(2 ** -24, 2 ** -60, 2 ** 10), (list, factor) => {
        const small = list.map((update) => update.map((value) => value * factor));
        const expected = scaled(cagrad(list).direction, factor);
        const within = 1e-6 * factor * length(mean(list)) + 1e-9 * factor * longest(list);
        expectClose(cagrad(small).direction, expected, within);
      }),
    );
  });

  test("the worst product is the one it reports", () => {
    fc.assert(
      fc.property(updates, (list) => {
        const { direction, worst } = cagrad(list);
        const found = Math.min(...list.map((update) => product(update, direction)));
        expect(Math.abs(worst - found)).toBeLessThanOrEqual(
          1e-10 * longest(list) * (length(direction) + length(mean(list))) +
            1e-14 * longest(list) ** 2,
        );
      }),
    );
  });
});
