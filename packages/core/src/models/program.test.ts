import { expect, test } from "vitest";
import { parameterLayout, type TensorSpec } from "../tensor/index.ts";
import { predictProgram, trainProgram } from "./program.ts";
import { buildModel, modelConfig } from "./registry.ts";
import { schemaOf } from "./reference.fixture.ts";
import type { Model } from "./types.ts";

const written = (specs: readonly TensorSpec[]) =>
  specs.map(({ name, shape }) => `${name} [${shape.join(", ")}]`);

function programs(model: Model, schema: ReturnType<typeof schemaOf>) {
  const layouts = [parameterLayout(model.parameters), parameterLayout(model.state)] as const;
  return {
    train: trainProgram(model, ...layouts, schema, 32),
    predict: predictProgram(model, ...layouts, schema, 32),
  };
}

test("a model with everything: tables, numeric features, running statistics", () => {
  const schema = schemaOf(["user", "item"], ["price"]);
  const config = { kind: "deepfm", width: 4, hidden: [3], batchNorm: true };
  const { train, predict } = programs(buildModel(modelConfig.parse(config), schema), schema);
  const learned = [
    "parameter:wide/weight [1, 1]",
    "parameter:wide/bias [1]",
    "parameter:tower/0/weight [9, 3]",
    "parameter:tower/0/norm/scale [3]",
    "parameter:tower/0/norm/shift [3]",
    "parameter:head/weight [3, 1]",
    "embedding:wide [32, 2, 1]",
    "embedding:factors [32, 2, 4]",
  ];
  const state = ["state:tower/0/norm/mean [3]", "state:tower/0/norm/variance [3]"];
  expect(written(train.inputs)).toEqual([
    ...learned,
    ...state,
    "numeric [32, 1]",
    "label [32]",
    "weight [32]",
  ]);
  expect(written(train.outputs)).toEqual([
    "loss []",
    "logits [32]",
    ...state.map((spec) => `next:${spec}`),
    ...learned.map((spec) => `gradient:${spec}`),
  ]);
  expect(train.name).toBe("train:deepfm");
  expect(written(predict.inputs)).toEqual([...learned, ...state, "numeric [32, 1]"]);
  expect(written(predict.outputs)).toEqual(["logits [32]"]);
});

test("what a model or a schema lacks is no input", () => {
  const schema = schemaOf([], ["price", "age"]);
  const { train } = programs(buildModel(modelConfig.parse({ kind: "lr" }), schema), schema);
  expect(written(train.inputs)).toEqual([
    "parameter:wide/weight [2, 1]",
    "parameter:wide/bias [1]",
    "numeric [32, 2]",
    "label [32]",
    "weight [32]",
  ]);
  expect(written(train.outputs)).toEqual([
    "loss []",
    "logits [32]",
    "gradient:parameter:wide/weight [2, 1]",
    "gradient:parameter:wide/bias [1]",
  ]);
});

test("a model of tables alone has no dense parameters", () => {
  const schema = schemaOf(["user"]);
  const sumOfVector: Model = {
    kind: "sum",
    parameters: [],
    state: [],
    embeddings: [{ name: "v", features: ["user"], width: 2, init: (target) => target.fill(1) }],
    forward: ({ embeddings }) => ({ logits: embeddings["v"]!.sum([1, 2]), state: {} }),
  };
  const { train, predict } = programs(sumOfVector, schema);
  expect(written(train.inputs)).toEqual(["embedding:v [32, 1, 2]", "label [32]", "weight [32]"]);
  expect(written(train.outputs)).toEqual([
    "loss []",
    "logits [32]",
    "gradient:embedding:v [32, 1, 2]",
  ]);
  expect(written(predict.inputs)).toEqual(["embedding:v [32, 1, 2]"]);
});

test("the same model gives the same bytes", () => {
  const schema = schemaOf(["user", "item"], ["price"]);
  const config = modelConfig.parse({ kind: "dcnv2", width: 4, hidden: [3] });
  const [a, b] = [0, 1].map(() => programs(buildModel(config, schema), schema));
  expect(a!.train.onnx).toEqual(b!.train.onnx);
  expect(a!.predict.onnx).toEqual(b!.predict.onnx);
});
