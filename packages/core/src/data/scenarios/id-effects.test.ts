import { expect, test } from "vitest";
import { scenariosConfig } from "./config.ts";
import { idFieldsOf } from "./id-effects.ts";
import { scenarioWorld } from "./world.ts";

const parse = (ids: object, rest: object = {}) =>
  scenariosConfig.parse({
    kind: "scenarios",
    scenarios: { a: { rows: 4000 }, b: { rows: 4000 } },
    ids,
    ...rest,
  });

test("what a field adds has mean 0 and its share of the variance under Zipf's law; tasks correlate as asked", () => {
  for (const { click, sale } of idFieldsOf(
    parse({ fields: 4, values: 3000, strength: 1.5 }, { taskAngle: 60 }),
  )) {
    const weights = Array.from(click, (_, rank) => 1 / (rank + 1));
    const total = weights.reduce((sum, w) => sum + w, 0);
    const over = (of: (v: number) => number) =>
      weights.reduce((sum, w, v) => sum + (w * of(v)) / total, 0);
    for (const effects of [click, sale]) {
      expect(over((v) => effects[v]!)).toBeCloseTo(0, 12);
      expect(over((v) => effects[v]! ** 2)).toBeCloseTo(1.5 ** 2 / 4, 12);
    }
    // Over values, unweighted, of which there are 3,000: cos(60 degrees).
    const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / 3000;
    const centred = [click, sale].map((effects) => {
      const middle = mean(effects);
      return effects.map((x) => x - middle);
    });
    const covariance = mean(centred[0]!.map((x, v) => x * centred[1]![v]!));
    const deviations = centred.map((effects) => Math.sqrt(mean(effects.map((x) => x * x))));
    expect(Math.abs(covariance / deviations[0]! / deviations[1]! - 0.5)).toBeLessThan(0.06);
  }
});

test("an id is worth the same in every scenario: strong ids alone rank both alike", () => {
  // No strength of features: rows with one id have one log-odds, wherever they are.
  const world = scenarioWorld(parse({ fields: 1, values: 30, strength: 2 }, { strength: 0 }));
  const worth = world.map(({ table }) => {
    const [id, p] = [table.columns["id0"]!, table.columns["trueClick"]!];
    if (id.kind !== "text" || p.kind !== "number") throw new Error("columns of other types");
    return new Map(Array.from(id.codes, (code, row) => [id.values[code]!, p.values[row]!]));
  });
  expect(worth[0]!.size).toBe(30);
  for (const [id, p] of worth[0]!) expect(worth[1]!.get(id)).toBe(p);
  expect(new Set(worth[0]!.values()).size).toBe(30);
});

test("without ids there are none; a field of one value says nothing", () => {
  expect(idFieldsOf(scenariosConfig.parse({ kind: "scenarios", scenarios: {} }))).toEqual([]);
  expect([...idFieldsOf(parse({ fields: 1, values: 1 }))[0]!.click]).toEqual([0]);
});
