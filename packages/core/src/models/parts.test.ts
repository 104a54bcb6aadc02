import { describe, expect, test } from "vitest";
import type { FeatureSchema } from "../data/schema.ts";
import type { ModelPart, ParameterSpec } from "../tensor/index.ts";
import { buildModel, modelConfig } from "./registry.ts";
import { schemaOf } from "./reference.fixture.ts";
import type { Model } from "./types.ts";

const usual = schemaOf(["user", "item", "scenario"], ["price"]);
const history = {
  name: "history",
  of: "user",
  numRows: 12,
  length: 5,
  vocabulary: "item",
} as const;
const schema: FeatureSchema = { ...usual, categorical: [...usual.categorical, history] };
const twoTasks: FeatureSchema = { ...usual, tasks: ["click", "buy"] };

const build = (config: object, of: FeatureSchema): Model =>
  buildModel(modelConfig.parse(config), of);

const everything = ({ parameters, state }: Model): readonly ParameterSpec[] => [
  ...parameters,
  ...state,
];

/** The distinct parts of one kind. */
function partsOf<Kind extends ModelPart["kind"]>(
  model: Model,
  kind: Kind,
): Extract<ModelPart, { kind: Kind }>[] {
  const all = everything(model).flatMap(({ part }) => (part?.kind === kind ? [part] : []));
  const distinct = new Map(all.map((part) => [JSON.stringify(part), part]));
  return [...distinct.values()] as Extract<ModelPart, { kind: Kind }>[];
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("models of several tasks", () => {
  const layers = { towerHidden: [4, 3], batchNorm: true };
  const cases: readonly { config: object; experts: number; gates: number; layers: number }[] = [
    { config: { kind: "shared-bottom", ...layers }, experts: 0, gates: 0, layers: 3 },
    { config: { kind: "mmoe", experts: 3, ...layers }, experts: 3, gates: 2, layers: 3 },
    // Two levels, each of two experts of either task and one shared.
    {
      config: { kind: "ple", taskExperts: 2, sharedExperts: 1, levels: 2, ...layers },
      experts: 10,
      gates: 2,
      layers: 3,
    },
    { config: { kind: "stem", taskExperts: 2, ...layers }, experts: 5, gates: 2, layers: 3 },
    { config: { kind: "esmm", ...layers }, experts: 0, gates: 0, layers: 3 },
    { config: { kind: "aitm", ...layers }, experts: 0, gates: 0, layers: 3 },
    { config: { kind: "star", hidden: [4, 3] }, experts: 0, gates: 0, layers: 3 },
    {
      config: { kind: "pepnet", hidden: [4, 3], batchNorm: true },
      experts: 0,
      gates: 0,
      layers: 3,
    },
  ];
  test.each(cases)("$config.kind numbers its experts, gates and tower layers", (given) => {
    const model = build(given.config, twoTasks);
    expect(partsOf(model, "expert").map(({ expert }) => expert)).toEqual(upTo(given.experts));
    expect(partsOf(model, "gate").map(({ task }) => task)).toEqual(upTo(given.gates));
    for (const task of [0, 1]) {
      const tower = partsOf(model, "tower").filter((part) => part.task === task);
      expect(tower.map(({ layer }) => layer).toSorted((a, b) => a - b)).toEqual(upTo(given.layers));
      // The last layer, and it alone, makes one number.
      for (const { part, shape, name } of model.parameters)
        if (part?.kind === "tower" && part.task === task && /(weight|bias)$/.test(name))
          expect(shape.at(-1) === 1, name).toBe(part.layer === given.layers - 1);
    }
  });

  test("the norms within an expert or a tower are of that part, and stay norms", () => {
    const model = build({ kind: "mmoe", experts: 2, towerHidden: [4], batchNorm: true }, twoTasks);
    const norms = everything(model).filter(({ role }) => role === "normalisation");
    expect(norms.map(({ name, part }) => [name.split("/norm")[0], part])).toEqual(
      ["parameters", "state"].flatMap(() => [
        ...[0, 1].flatMap((expert) => {
          const of = [`experts/${expert}/0`, { kind: "expert", expert }];
          return [of, of];
        }),
        ...[0, 1].flatMap((task) => {
          const of = [`tower${task}/0`, { kind: "tower", task, layer: 0 }];
          return [of, of];
        }),
      ]),
    );
  });

  test("what all tasks share bears no part: bottoms, the shared gate of ple, star's auxiliary network", () => {
    const unmarked = (config: object) =>
      new Set(
        everything(build(config, twoTasks))
          .filter(({ part }) => part === undefined)
          .map(({ name }) => name.replace(/\/.*/, "")),
      );
    expect(unmarked({ kind: "shared-bottom" })).toEqual(new Set(["bottom"]));
    expect(unmarked({ kind: "mmoe" })).toEqual(new Set());
    expect(unmarked({ kind: "star" })).toEqual(new Set(["norm", "auxiliary"]));
    const ple = build({ kind: "ple", levels: 2 }, twoTasks);
    expect(ple.parameters.filter(({ part }) => part === undefined).map(({ name }) => name)).toEqual(
      ["level0/gate/weight", "level0/gate/bias"],
    );
  });
});

describe("models of one task", () => {
  const heads: Readonly<Record<string, readonly string[]>> = {
    lr: [],
    fm: [],
    ffm: [],
    gmf: ["head/weight", "head/bias"],
    mlp: ["head/weight", "head/bias"],
    neumf: ["head/weight", "head/bias"],
    deepfm: ["head/weight"],
    widedeep: ["head/weight"],
    dcn: ["head/weight", "head/bias"],
    dcnv2: ["head/weight", "head/bias"],
    din: ["head/weight", "head/bias"],
    fibinet: ["head/weight"],
    finalmlp: ["head/weight", "head/bias", "fusion/weight"],
    masknet: ["head/weight", "head/bias"],
    pnn: ["head/weight", "head/bias"],
    xdeepfm: ["cin/head/weight", "head/weight"],
    autoint: ["head/weight", "head/bias", "towerHead/weight"],
    sasrec: [],
    gru4rec: [],
    bert4rec: [],
  };

  test("are all listed here", () => {
    const several = modelConfig.options
      .map((option) => option.shape.kind.value)
      .filter((kind) => build({ kind }, kind === "esmm" ? twoTasks : schema).multiTask !== true);
    expect(Object.keys(heads).toSorted()).toEqual(several.toSorted());
  });

  test.each(Object.entries(heads))("%s marks the layers that make the log-odds", (kind, names) => {
    const model = build({ kind, ...(kind === "autoint" && { hidden: [4] }) }, schema);
    const marked = everything(model).filter(({ part }) => part !== undefined);
    expect(marked.map(({ name }) => name)).toEqual(names);
    for (const { part } of marked) expect(part).toEqual({ kind: "tower", task: 0, layer: 0 });
  });
});
