import { expect, test } from "vitest";
import { buildModel, type ModelConfig } from "../registry.ts";
import type { FeatureSchema } from "../../data/schema.ts";
import type { TrainedModel } from "../types.ts";

const schema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 5 },
    { name: "item", of: "item", numRows: 4 },
  ],
  numeric: [],
};

const gmf: ModelConfig = { kind: "gmf", width: 2, embeddingStd: 1 };
const mlp: ModelConfig = { kind: "mlp", width: 3, hidden: [4, 2], dropout: 0, embeddingStd: 1 };
const neumf: ModelConfig = {
  kind: "neumf",
  gmfWidth: 2,
  mlpWidth: 3,
  hidden: [4, 2],
  dropout: 0,
  embeddingStd: 1,
};

/** A model whose every number differs, from `start` upwards. */
function numbered(config: ModelConfig, start: number): TrainedModel {
  const model = buildModel(config, schema);
  let next = start;
  const count = (length: number) => Float32Array.from({ length }, () => next++);
  return {
    kind: model.kind,
    parameters: Object.fromEntries(
      model.parameters.map(({ name, shape }) => [name, count(shape.reduce((a, b) => a * b, 1))]),
    ),
    tables: Object.fromEntries(
      model.embeddings.flatMap(({ name, features, width }) =>
        features.map((feature) => [
          `${name}/${feature}`,
          count(width * (feature === "user" ? 5 : 4)),
        ]),
      ),
    ),
  };
}

test("MLP takes GMF's tables and nothing else", () => {
  const width2 = { ...mlp, width: 2 } as const;
  const [source, target] = [numbered(gmf, 1000), numbered(width2, 0)];
  const before = structuredClone(target);
  buildModel(width2, schema).startFrom!([source], target);
  expect(target.tables["mlp/user"]).toEqual(source.tables["gmf/user"]);
  expect(target.tables["mlp/item"]).toEqual(source.tables["gmf/item"]);
  expect(target.parameters).toEqual(before.parameters);
});

test("NeuMF takes all tables, the tower's weights, and half of each head", () => {
  const [fromGmf, fromMlp, target] = [numbered(gmf, 1000), numbered(mlp, 2000), numbered(neumf, 0)];
  const before = structuredClone(target);
  // The order of the sources is of no matter.
  buildModel(neumf, schema).startFrom!([fromMlp, fromGmf], target);
  expect(target.tables).toEqual({ ...fromGmf.tables, ...fromMlp.tables });
  for (const layer of ["tower/0", "tower/1"]) {
    expect(target.parameters[`${layer}/weight`]).toEqual(fromMlp.parameters[`${layer}/weight`]);
    expect(target.parameters[`${layer}/bias`]).toEqual(before.parameters[`${layer}/bias`]);
  }
  const half = (model: TrainedModel, name: string) =>
    [...model.parameters[name]!].map((x) => x / 2);
  expect([...target.parameters["head/weight"]!]).toEqual([
    ...half(fromMlp, "head/weight"),
    ...half(fromGmf, "head/weight"),
  ]);
  expect([...target.parameters["head/bias"]!]).toEqual([
    half(fromMlp, "head/bias")[0]! + half(fromGmf, "head/bias")[0]!,
  ]);
});

test("a start that does not fit says what is missing", () => {
  const model = buildModel(neumf, schema);
  expect(() => model.startFrom!([numbered(gmf, 0)], numbered(neumf, 0))).toThrow(
    'model "neumf" starts from a trained mlp, it was given gmf',
  );
  const wide = numbered({ ...gmf, width: 8 } as const, 0);
  expect(() => model.startFrom!([wide, numbered(mlp, 0)], numbered(neumf, 0))).toThrow(
    'starting from a trained gmf: its "gmf/user" has 40 entries, 10 are needed',
  );
});

test("only models that know a start have one", () => {
  for (const config of [gmf, { kind: "lr" } as const])
    expect(buildModel(config, schema).startFrom).toBeUndefined();
});
