import { expect, test } from "vitest";
import { schemaOf } from "../reference.fixture.ts";
import { buildModel, modelConfig } from "../registry.ts";

const build = (config: unknown, schema = schemaOf(["user", "market"])) =>
  buildModel(modelConfig.parse(config), schema);

test("what a model of scenarios lacks is named, with what there is", () => {
  expect(() => build({ kind: "star" })).toThrow(
    'model "star" needs the scenario of each example as the feature "scenario", and the data have no ' +
      "categorical feature of this name (categorical features: user, market)",
  );
  expect(() => build({ kind: "pepnet", scenario: "market", prior: ["user", "shop"] })).toThrow(
    'model "pepnet" has no feature "shop" for its prior (categorical features: user, market)',
  );
  const alone = schemaOf(["market"]);
  expect(() => build({ kind: "star", scenario: "market" }, alone)).toThrow(
    'model "star" needs a feature beside the scenario "market", the data have none',
  );
  const many = { ...alone, categorical: [{ ...alone.categorical[0]!, length: 3 }] };
  expect(() => build({ kind: "pepnet", scenario: "market" }, many)).toThrow(
    "that feature has up to 3 values per example",
  );
});

test("no shape of a star depends on how many values the scenario has", () => {
  const shapes = (numRows: number) =>
    build(
      { kind: "star", scenario: "market" },
      schemaOf(["user", "market"], [], numRows),
    ).parameters.map(({ name, shape }) => `${name} ${shape.join("x")}`);
  expect(shapes(5)).toEqual(shapes(500));
  expect(shapes(5)).toContain("tower0/0/weights 8x16x64");
});
