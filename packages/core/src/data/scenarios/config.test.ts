import { expect, test } from "vitest";
import { columnsOfScenarios, commonOfScenarios } from "./columns.ts";
import { scenariosConfig } from "./config.ts";

const scenarios = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, k) => [`s${k}`, { rows: 100 }]));
const parse = (settings: object) =>
  scenariosConfig.safeParse({ kind: "scenarios", scenarios: scenarios(4), ...settings });

test.each([
  [
    { conflictAngle: 170 },
    "with a spread of 15 degrees, 2 groups are at most 169 degrees apart; lower data.conflictAngle or data.spread, or put the scenarios into two groups",
  ],
  [
    {
      scenarios: {
        a: { rows: 100, group: 0 },
        b: { rows: 100, group: 1 },
        c: { rows: 100, group: 2 },
      },
      conflictAngle: 150,
    },
    "with a spread of 15 degrees, 3 groups are at most 120 degrees apart",
  ],
  [
    { scenarios: scenarios(9) },
    "too few for the angles between 9 scenarios, which take 9 dimensions; raise data.units to 10, set data.spread to 0, or remove scenarios",
  ],
  [
    { units: 24 },
    "orthogonal views of the features, of which there are only 20; raise data.features to 24",
  ],
  [{ units: 7 }, "multiple of 2"],
  [
    { scenarios: { a: { rows: 100, tasks: ["sale"] } } },
    "every scenario knows its clicks; add click",
  ],
])("a world that cannot be is refused with the way out: %o", (settings, message) => {
  const { error } = parse(settings);
  expect(error!.issues.map((issue) => issue.message).join()).toContain(message);
});

test("opposite wants are possible with two groups of no spread, many scenarios too", () => {
  expect(parse({ conflictAngle: 180, spread: 0, scenarios: scenarios(30) }).success).toBe(true);
  expect(parse({ conflictAngle: 0 }).success).toBe(true);
});

test("columns follow the settings: both labels, features as they are, hashed ids", () => {
  const plain = columnsOfScenarios(parse({ features: 9 }).data!);
  expect(plain.labels).toEqual({ click: "click", sale: "sale" });
  expect([plain.categorical, plain.numeric.length]).toEqual([[], 9]);
  expect(plain.numeric[8]).toEqual({ column: "x8", of: "context", scale: "none" });
  const rich = parse({ scenarioFeature: true, ids: { fields: 2, values: 50 } }).data!;
  expect(columnsOfScenarios(rich).categorical).toEqual([
    { column: "scenario", of: "context" },
    { column: "id0", of: "context", hash: 400 },
    { column: "id1", of: "context", hash: 400 },
  ]);
  expect(commonOfScenarios(rich)).toEqual(["scenario", "id0", "id1"]);
});
