import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import { buildModel, modelConfig, models, type ModelKind } from "./registry.ts";
import { schemaOf } from "./reference.fixture.ts";

const kinds = modelConfig.options.map((option) => option.shape.kind.value);

const usual = schemaOf(["user", "item", "hour"], ["price"]);

/** The usual features, and the past items. */
const withHistory: FeatureSchema = {
  ...usual,
  categorical: [
    ...usual.categorical,
    { name: "history", of: "user", numRows: 12, length: 5, vocabulary: "item" },
  ],
};

/** The usual features, and the scenario that an example is of. */
const withScenario: FeatureSchema = {
  ...usual,
  categorical: [...usual.categorical, { name: "scenario", of: "context", numRows: 5 }],
};

/** What a kind needs beyond the usual features. */
const NEEDED: Partial<Record<ModelKind, FeatureSchema>> = {
  din: withHistory,
  gru4rec: withHistory,
  sasrec: withHistory,
  bert4rec: withHistory,
  esmm: { ...usual, tasks: ["click", "buy"] },
  star: withScenario,
  pepnet: withScenario,
};

function schemaFor(kind: ModelKind): FeatureSchema {
  return NEEDED[kind] ?? usual;
}

test("every model of the shelf can be configured, each once", () => {
  expect(kinds.toSorted()).toEqual(Object.keys(models).toSorted());
});

test("a kind alone is a config: every other field has a default", () => {
  for (const kind of kinds) expect(modelConfig.parse({ kind }).kind).toBe(kind);
  expect(modelConfig.parse({ kind: "neumf" })).toEqual({
    kind: "neumf",
    gmfWidth: 8,
    mlpWidth: 8,
    hidden: [64, 32, 16, 8],
    dropout: 0,
    embeddingStd: 0.01,
  });
});

test("unknown kinds and fields are refused", () => {
  expect(modelConfig.safeParse({ kind: "xgb" }).success).toBe(false);
  for (const kind of kinds)
    expect(modelConfig.safeParse({ kind, dropOut: 0.5 }).success).toBe(false);
});

test("every field says what it is", () => {
  for (const option of modelConfig.options)
    for (const [name, field] of Object.entries(option.shape))
      if (name !== "kind") expect(field.description, name).toMatch(/\w{3}/);
});

describe.each(kinds)("%s", (kind) => {
  const schema = schemaFor(kind);

  test("calls itself by its kind, names everything once, and has a summary with a year", () => {
    const model = buildModel(modelConfig.parse({ kind }), schema);
    expect(model.kind).toBe(kind);
    for (const specs of [model.parameters, model.state, model.embeddings]) {
      const names = specs.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    }
    expect(models[kind].summary).toMatch(/\(.+ (19|20)\d\d\)/);
  });

  test("says what it needs when the data have no features", () => {
    expect(() => buildModel(modelConfig.parse({ kind }), schemaOf([]))).toThrow(
      expect.objectContaining({ code: "MODEL_NEEDS_FEATURE" }),
    );
  });
});

test("models of two ids name the one that is missing", () => {
  for (const kind of ["gmf", "mlp", "neumf"] as const)
    expect(() => buildModel(modelConfig.parse({ kind }), schemaOf(["user", "hour"]))).toThrow(
      `model "${kind}" needs the features user and item, the data have no item (categorical features: user, hour)`,
    );
});

test("normalisation and Dice are the only sources of state, on by default in star and din alone", () => {
  for (const kind of kinds)
    if (kind !== "din" && kind !== "star")
      expect(buildModel(modelConfig.parse({ kind }), schemaFor(kind)).state).toEqual([]);
  const schema = schemaOf(["user", "item"], ["price"]);
  const normalised = { kind: "deepfm", batchNorm: true, hidden: [4, 3] };
  const model = buildModel(modelConfig.parse(normalised), schema);
  expect(model.state.map(({ name, shape, role }) => `${name} ${shape.join("x")} ${role}`)).toEqual([
    "tower/0/norm/mean 4 normalisation",
    "tower/0/norm/variance 4 normalisation",
    "tower/1/norm/mean 3 normalisation",
    "tower/1/norm/variance 3 normalisation",
  ]);
});

test("the published sizes of the XMarket runs: 16-64-32-16-8-1", () => {
  const model = buildModel(modelConfig.parse({ kind: "mlp" }), schemaOf(["user", "item"]));
  const weights = model.parameters.filter(({ name }) => name.endsWith("weight"));
  expect(weights.map(({ shape }) => shape.join("x"))).toEqual([
    "16x64",
    "64x32",
    "32x16",
    "16x8",
    "8x1",
  ]);
});
