import { expect, test } from "vitest";
import fixtures from "../__fixtures__/finalmlp.json" with { type: "json" };
import { schemaOf } from "../reference.fixture.ts";
import { referenceLaws } from "../reference.laws.ts";
import { buildModel, modelConfig } from "../registry.ts";

referenceLaws(fixtures);

test("heads divide both streams, as the error says", () => {
  const parsed = modelConfig.safeParse({ kind: "finalmlp", first: [8], second: [6], heads: 4 });
  expect(parsed.error!.issues).toEqual([
    expect.objectContaining({
      path: ["heads"],
      message: "must divide the last width of both streams",
    }),
  ]);
});

test("a gate names the features that it lacks", () => {
  const config = modelConfig.parse({ kind: "finalmlp", gates: { first: ["user", "city"] } });
  expect(() => buildModel(config, schemaOf(["user", "item"]))).toThrow(
    'model "finalmlp" gates a stream by city, the data have no such categorical feature ' +
      "(there are: user, item); name one of these under gates",
  );
});
