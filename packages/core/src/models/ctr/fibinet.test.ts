import { expect, test } from "vitest";
import fixtures from "../__fixtures__/fibinet.json" with { type: "json" };
import { schemaOf } from "../reference.fixture.ts";
import { referenceLaws } from "../reference.laws.ts";
import { buildModel, modelConfig } from "../registry.ts";

referenceLaws(fixtures);

test("asks for two categorical features", () => {
  const config = modelConfig.parse({ kind: "fibinet" });
  expect(() => buildModel(config, schemaOf(["user"], ["price"]))).toThrow(
    'model "fibinet" multiplies pairs of categorical features, the data have 1 (user); name two or more',
  );
});

test("the squeezed layer has a third of the features, at least one unit", () => {
  const squeezed = (features: readonly string[]) => {
    const model = buildModel(modelConfig.parse({ kind: "fibinet" }), schemaOf(features));
    return model.parameters.find(({ name }) => name === "senet/squeeze/weight")!.shape;
  };
  expect(squeezed(["a", "b"])).toEqual([2, 1]);
  expect(squeezed(["a", "b", "c", "d", "e", "f", "g"])).toEqual([7, 2]);
});
