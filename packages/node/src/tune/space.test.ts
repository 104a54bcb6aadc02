import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parameterConfig } from "./config.ts";
import type { Parameter } from "./parameter.ts";
import { gridSettings, randomSettings } from "./space.ts";

function space(configs: Record<string, unknown>): Parameter[] {
  return Object.entries(configs).map(([name, config]) => ({
    name,
    path: name.split("."),
    config: parameterConfig.parse(config),
  }));
}

describe("a grid", () => {
  test("covers every combination once, the last parameter fastest", () =>
    expect(
      gridSettings(
        space({ a: { values: [1, 2] }, b: { values: ["x"] }, c: { low: 0, high: 1, steps: 3 } }),
      ),
    ).toEqual([
      { a: 1, b: "x", c: 0 },
      { a: 1, b: "x", c: 0.5 },
      { a: 1, b: "x", c: 1 },
      { a: 2, b: "x", c: 0 },
      { a: 2, b: "x", c: 0.5 },
      { a: 2, b: "x", c: 1 },
    ]));

  test("has as many settings as the product of the lists' lengths, all different", () =>
    fc.assert(
      fc.property(
        fc.array(fc.uniqueArray(fc.integer(), { minLength: 1, maxLength: 4 }), {
          minLength: 1,
          maxLength: 4,
        }),
        (lists) => {
          const settings = gridSettings(
            space(Object.fromEntries(lists.map((values, i) => [`p${i}`, { values }]))),
          );
          expect(settings).toHaveLength(lists.reduce((product, list) => product * list.length, 1));
          expect(new Set(settings.map((own) => JSON.stringify(own))).size).toBe(settings.length);
        },
      ),
    ));
});

describe("random settings", () => {
  const mixed = space({
    rate: { low: 1e-4, high: 1e-1, scale: "log" },
    width: { low: 2, high: 64, scale: "log", integer: true },
    hidden: { values: [[8], [16, 8]] },
  });

  test("are the same for the same seed, others for another, and more of them keep the first", () =>
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 12 }), (seed, count) => {
        const settings = randomSettings(mixed, count, seed);
        expect(settings).toHaveLength(count);
        expect(randomSettings(mixed, count, seed)).toEqual(settings);
        expect(randomSettings(mixed, count + 3, seed).slice(0, count)).toEqual(settings);
        expect(randomSettings(mixed, count, seed + 1)).not.toEqual(settings);
      }),
    ));

  test("lie in their ranges", () => {
    for (const { rate, width, hidden } of randomSettings(mixed, 200, 3)) {
      expect(rate).toBeGreaterThanOrEqual(1e-4);
      expect(rate).toBeLessThanOrEqual(1e-1);
      expect(width).toBeGreaterThanOrEqual(2);
      expect(width).toBeLessThanOrEqual(64);
      expect(["[8]", "[16,8]"]).toContain(JSON.stringify(hidden));
    }
  });

  test("never repeat, and end where a finite space is used up", () => {
    const small = space({ a: { values: [1, 2, 3] }, b: { values: [true, false] } });
    const settings = randomSettings(small, 50, 5);
    expect(new Set(settings.map((own) => JSON.stringify(own)))).toHaveProperty("size", 6);
    expect(settings).toHaveLength(6);
  });
});
