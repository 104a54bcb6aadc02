import { expect, test } from "vitest";
import type { RawTable } from "../table.ts";
import bestAuc from "./__fixtures__/best-auc.json" with { type: "json" };
import { scenariosConfig, type ScenariosConfig } from "./config.ts";
import { scenarioWorld } from "./world.ts";

const parse = (overrides: Record<string, unknown> = {}): ScenariosConfig =>
  scenariosConfig.parse({
    kind: "scenarios",
    scenarios: { a: { rows: 6000 }, b: { rows: 6000 }, c: { rows: 6000 }, d: { rows: 6000 } },
    ...overrides,
  });

const tableOf = (config: ScenariosConfig, client: string) =>
  scenarioWorld(config).find((own) => own.client === client)!.table;

function numbers(table: RawTable, name: string): Float64Array {
  const column = table.columns[name]!;
  if (column.kind !== "number") throw new Error(`${name} is text`);
  return column.values;
}

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** Chance that a positive row has a higher true probability than another one; there are no ties. */
function aucOf(truth: Float64Array, label: Float64Array): number {
  const order = Int32Array.from(truth.keys()).sort((i, j) => truth[i]! - truth[j]!);
  let ranks = 0;
  let positives = 0;
  order.forEach((row, rank) => {
    ranks += label[row]! * (rank + 1);
    positives += label[row]!;
  });
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (label.length - positives));
}

test("the best possible AUC, and the rates, are those of an independent computation", () => {
  const worlds = [1, 2, 3, 4].flatMap((worldSeed) => scenarioWorld(parse({ worldSeed })));
  const measured = worlds.map(({ table }) => {
    const [click, sale] = [numbers(table, "click"), numbers(table, "sale")];
    return {
      clickAuc: aucOf(numbers(table, "trueClick"), click),
      saleAuc: aucOf(numbers(table, "trueSale"), sale),
      clickRate: mean(click),
      saleRate: mean(sale),
    };
  });
  // Published for this world: .888 and .917.
  expect(Math.abs(bestAuc.clickAuc.mean - 0.888)).toBeLessThan(0.005);
  expect(Math.abs(bestAuc.saleAuc.mean - 0.917)).toBeLessThan(0.005);
  for (const name of ["clickAuc", "saleAuc", "clickRate", "saleRate"] as const)
    expect(
      Math.abs(mean(measured.map((own) => own[name])) - bestAuc[name].mean),
      name,
    ).toBeLessThan(name.endsWith("Auc") ? 0.005 : 0.015);
});

test("labels follow the true probabilities in each half of them, and a sale needs a click", () => {
  const table = tableOf(parse({ ids: { fields: 2, values: 40 } }), "b");
  for (const [label, truth] of [
    ["click", "trueClick"],
    ["sale", "trueSale"],
  ] as const) {
    const [y, p] = [numbers(table, label), numbers(table, truth)];
    const median = p.toSorted()[3000]!;
    for (const high of [false, true]) {
      const rows = [...p.keys()].filter((row) => p[row]! >= median === high);
      const sum = (of: (row: number) => number) => rows.reduce((total, row) => total + of(row), 0);
      const deviation = Math.sqrt(sum((row) => p[row]! * (1 - p[row]!)));
      expect(Math.abs(sum((row) => y[row]! - p[row]!))).toBeLessThan(4 * deviation);
    }
  }
  const sale = numbers(table, "sale");
  expect(numbers(table, "click").every((click, row) => click >= sale[row]!)).toBe(true);
});

/** E[x L] over a scenario's rows: a multiple of A^T w, as x is normal and A has orthonormal rows. */
function pullOf(table: RawTable, logit: Float64Array): number[] {
  return Array.from({ length: 20 }, (_, f) => {
    const x = numbers(table, `x${f}`);
    return mean(logit.map((value, row) => value * x[row]!));
  });
}

function centred(values: Float64Array): Float64Array {
  const middle = mean(values);
  return values.map((value) => value - middle);
}

const logOdds = (p: Float64Array) => p.map((own) => Math.log(own / (1 - own)));

test("the rows themselves show the angles between scenarios and between tasks, and the strength", () => {
  const scenarios = { a: { rows: 20_000 }, b: { rows: 20_000 }, c: { rows: 20_000 } };
  const world = scenarioWorld(parse({ scenarios, shift: 0, conflictAngle: 120, spread: 30 }));
  const parts = world.map(({ table }) => {
    const p = numbers(table, "trueClick");
    const ofClicked = numbers(table, "trueSale").map((both, row) => both / p[row]!);
    return { table, click: logOdds(p), sale: logOdds(ofClicked) };
  });
  const cosine = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0) / Math.hypot(...x) / Math.hypot(...y);
  for (const task of ["click", "sale"] as const) {
    const pulls = parts.map((part) => pullOf(part.table, part[task]));
    expect(Math.abs(cosine(pulls[0]!, pulls[1]!) - Math.cos((120 * Math.PI) / 180))).toBeLessThan(
      0.05,
    );
    expect(Math.abs(cosine(pulls[0]!, pulls[2]!) - Math.cos(Math.PI / 6))).toBeLessThan(0.05);
  }
  for (const { click, sale } of parts) {
    const [ofClick, ofSale] = [click, sale].map(centred);
    const covariance = (x: Float64Array, y: Float64Array) => mean(x.map((own, i) => own * y[i]!));
    expect(Math.abs(Math.sqrt(covariance(ofClick!, ofClick!)) - 2.2)).toBeLessThan(0.06);
    const correlation =
      covariance(ofClick!, ofSale!) /
      Math.sqrt(covariance(ofClick!, ofClick!) * covariance(ofSale!, ofSale!));
    expect(Math.abs(correlation - Math.SQRT1_2)).toBeLessThan(0.03);
  }
});

test("features have variance 1 around a mean that lies `shift` from 0, elsewhere in every scenario", () => {
  const means = scenarioWorld(parse({ shift: 2 })).map(({ table }) =>
    Array.from({ length: 20 }, (_, f) => mean(numbers(table, `x${f}`))),
  );
  // 6,000 rows: each of 20 means has a standard error of .013.
  for (const own of means) expect(Math.abs(Math.hypot(...own) - 2)).toBeLessThan(0.06);
  expect(means[0]!.some((value, f) => Math.abs(value - means[1]![f]!) > 0.2)).toBe(true);
});

test("a scenario depends on no other's size, and its first rows not on its own", () => {
  const sized = (a: number, b: number) =>
    parse({ scenarios: { a: { rows: a }, b: { rows: b } }, ids: {}, scenarioFeature: true });
  expect(tableOf(sized(300, 200), "b")).toEqual(tableOf(sized(5000, 200), "b"));
  const [few, many] = [tableOf(sized(300, 200), "a"), tableOf(sized(5000, 200), "a")];
  for (const name of ["x7", "click", "sale", "trueSale"])
    expect([...numbers(many, name).subarray(0, 300)]).toEqual([...numbers(few, name)]);
});

test("a later scenario changes none before it; another seed changes all", () => {
  const both = parse({ scenarios: { a: { rows: 100 }, b: { rows: 100 } } });
  const alone = parse({ scenarios: { a: { rows: 100 } } });
  expect(tableOf(alone, "a")).toEqual(tableOf(both, "a"));
  expect(tableOf({ ...alone, worldSeed: 2 }, "a")).not.toEqual(tableOf(alone, "a"));
});

test("angles move labels alone: the features stay, so that angles can be compared", () => {
  const [near, far] = [0, 150].map((conflictAngle) => tableOf(parse({ conflictAngle }), "b"));
  expect(numbers(near!, "x3")).toEqual(numbers(far!, "x3"));
  expect(numbers(near!, "trueClick")).not.toEqual(numbers(far!, "trueClick"));
});

test("a scenario without the task sale knows no sale, and all else of it stays", () => {
  const with_ = { a: { rows: 500 }, b: { rows: 500 } };
  const without = { ...with_, b: { rows: 500, tasks: ["click"] } };
  const [full, half] = [with_, without].map((scenarios) => tableOf(parse({ scenarios }), "b"));
  expect(numbers(half!, "sale").every(Number.isNaN)).toBe(true);
  expect({ ...half!.columns, sale: 0 }).toEqual({ ...full!.columns, sale: 0 });
});
