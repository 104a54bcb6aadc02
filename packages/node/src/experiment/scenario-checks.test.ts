import { expect, test } from "vitest";
import { columnsOfClients } from "./client-columns.ts";
import { parseExperiment } from "./read.ts";

const parse = (world: string, rest = "", model = "{ kind: mmoe }") =>
  parseExperiment(
    `data: { kind: scenarios, scenarios: { a: { rows: 600 }, b: { rows: 600 } }${world} }
split: { kind: random, valid: 0.2, test: 0.2 }
model: ${model}
methods: [fedavg, best-possible]
${rest}`,
    "x.yaml",
  );

test("a world of scenarios has the tasks click and sale, a client each, and the truth", () => {
  const experiment = parse("", 'evaluation: { metrics: ["auc:sale"] }');
  expect(columnsOfClients(experiment).map(({ client }) => client)).toEqual(["a", "b"]);
  expect(() => parse("", 'evaluation: { metrics: ["auc:buy"] }')).toThrow(
    /there is no label "buy".*has click, sale/,
  );
});

test("ids and the scenario may be shared where the world has them", () => {
  const shared = (name: string) => `federation: { shared: [${name}] }`;
  expect(() => parse("", shared("id0"))).toThrow(/"id0" is no categorical feature/);
  expect(parse(", ids: {}", shared("id0")).federation.shared).toEqual(["id0"]);
  expect(parse(", scenarioFeature: true", shared("scenario")).federation.shared).toEqual([
    "scenario",
  ]);
});

test("impossible angles are told where they stand, with the way out", () => {
  expect(() =>
    parseExperiment(
      `data:
  kind: scenarios
  conflictAngle: 150
  scenarios: { a: { rows: 600, group: 0 }, b: { rows: 600, group: 1 }, c: { rows: 600, group: 2 } }
split: { kind: random, valid: 0.2, test: 0.2 }
methods: [local]
`,
      "x.yaml",
    ),
  ).toThrow(
    /x.yaml:3:18 +data.conflictAngle: 150: with a spread of 15 degrees, 3 groups are at most 120/,
  );
});

test("no scenario, and one that is called as the mean is, are refused where they are named", () => {
  const named = (scenarios: string) => () =>
    parseExperiment(
      `data: { kind: scenarios, scenarios: ${scenarios} }
split: { kind: random, valid: 0.2, test: 0.2 }
methods: [local]
`,
      "x.yaml",
    );
  expect(named("{}")).toThrow(/data.scenarios: .*names no client/);
  expect(named("{ macro: { rows: 100 } }")).toThrow(/data.scenarios.macro/);
});
