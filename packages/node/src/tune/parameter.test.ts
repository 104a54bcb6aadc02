import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { streamOf } from "@atoll/core/random";
import { parameterConfig } from "./config.ts";
import { drawValue, gridValues, type Parameter } from "./parameter.ts";

function parameter(config: Record<string, unknown>): Parameter {
  return { name: "x", path: ["x"], config: parameterConfig.parse(config) };
}

function draws(config: Record<string, unknown>, count: number): number[] {
  const stream = streamOf(7, "draws");
  const of = parameter(config);
  return Array.from({ length: count }, () => drawValue(of, stream) as number);
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("a draw", () => {
  test("stays in its range, whole where it should be, for any range", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.constantFrom("linear", "log"),
        fc.boolean(),
        fc.nat(),
        (low, width, scale, integer, seed) => {
          const value = drawValue(
            parameter({ low, high: low + width, scale, integer }),
            streamOf(seed),
          ) as number;
          expect(value).toBeGreaterThanOrEqual(low);
          expect(value).toBeLessThanOrEqual(low + width);
          if (integer) expect(Number.isInteger(value)).toBe(true);
        },
      ),
    );
  });

  test("on a linear scale has the mean of the uniform distribution, (low + high) / 2", () => {
    // Standard error of 4000 draws from [1, 9]: 8 / sqrt(12 * 4000) = 0.037.
    expect(Math.abs(mean(draws({ low: 1, high: 9 }, 4000)) - 5)).toBeLessThan(0.15);
  });

  test("on a log scale has the mean of the reciprocal distribution, (high - low) / ln(high / low)", () => {
    // 99 / ln 100 = 21.50; uniform draws would have 50.5. Standard error of 4000: 0.41.
    const seen = draws({ low: 1, high: 100, scale: "log" }, 4000);
    expect(Math.abs(mean(seen) - 99 / Math.log(100))).toBeLessThan(1.7);
  });

  test("of whole numbers takes each of 2..5 a quarter of the time, the ends too", () => {
    const seen = draws({ low: 2, high: 5, integer: true }, 4000);
    // Standard error of a share: sqrt(1/4 * 3/4 / 4000) = 0.007.
    for (const value of [2, 3, 4, 5])
      expect(seen.filter((own) => own === value).length / 4000, String(value)).toBeCloseTo(0.25, 1);
  });

  test("of whole numbers on a log scale takes k with probability ln((k + 1/2) / (k - 1/2)) / ln(4.5 / 0.5)", () => {
    const seen = draws({ low: 1, high: 4, scale: "log", integer: true }, 8000);
    for (const k of [1, 2, 3, 4]) {
      const share = Math.log((k + 0.5) / (k - 0.5)) / Math.log(9);
      expect(Math.abs(seen.filter((own) => own === k).length / 8000 - share)).toBeLessThan(0.02);
    }
  });

  test("of a list takes only its values, and all of them", () => {
    const values = ["a", [1, 2], { kind: "lr" }];
    const stream = streamOf(1);
    const of = parameter({ values });
    const seen = new Set(Array.from({ length: 60 }, () => JSON.stringify(drawValue(of, stream))));
    expect([...seen].toSorted()).toEqual(values.map((own) => JSON.stringify(own)).toSorted());
  });
});

describe("grid values", () => {
  test("of a linear range lie at equal distances", () =>
    expect(gridValues(parameter({ low: 0, high: 0.4, steps: 5 }))).toEqual([
      0, 0.1, 0.2, 0.3, 0.4,
    ]));

  test("of a log range lie at equal ratios", () =>
    expect(gridValues(parameter({ low: 0.0001, high: 0.1, scale: "log", steps: 4 }))).toEqual([
      0.0001, 0.001, 0.01, 0.1,
    ]));

  test("of whole numbers are rounded, and equal ones stand once", () => {
    expect(
      gridValues(parameter({ low: 8, high: 64, scale: "log", integer: true, steps: 4 })),
    ).toEqual([8, 16, 32, 64]);
    expect(gridValues(parameter({ low: 1, high: 3, integer: true, steps: 5 }))).toEqual([1, 2, 3]);
  });
});
