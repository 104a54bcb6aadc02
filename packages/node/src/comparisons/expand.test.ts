import { resolveMethod } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { parseExperiment } from "../experiment/index.ts";
import { planOf } from "../runs/index.ts";
import { WRITTEN, sourceOf } from "./comparisons.fixture.ts";
import { expand } from "./expand.ts";
import { parseSettings } from "./setting.ts";

const runsOf = (settings: readonly string[], source = sourceOf()) =>
  expand(source, { grid: parseSettings(settings).grid });

const namesOf = ({ experiment }: ReturnType<typeof runsOf>[number]) =>
  experiment.methods.map((entry) => resolveMethod(entry).name);

/** What a method is given in a run. */
const settingsOf = ({ experiment }: ReturnType<typeof runsOf>[number], name: string) =>
  planOf(experiment).methods.find(({ entry }) => entry.name === name)!;

describe("an experiment without a grid", () => {
  test("is one run of that experiment", () => {
    const [run] = runsOf([]);
    expect(run!.experiment).toEqual(parseExperiment(JSON.stringify(WRITTEN), "tiny.yaml"));
    expect(run).toMatchObject({ name: "tiny", settings: {}, source: "tiny.yaml" });
  });
});

describe("settings that methods may own", () => {
  test("make variants on the same rows; what trains nothing stands once", () => {
    const runs = runsOf(["training.optimiser.learningRate=0.01,0.1", "federation.rounds=1,2"]);
    expect(runs).toHaveLength(1);
    const [run] = runs;
    const four = (method: string) =>
      ["0.01", "0.1"].flatMap((rate) =>
        [1, 2].map(
          (rounds) =>
            `${method} [training.optimiser.learningRate=${rate}, federation.rounds=${rounds}]`,
        ),
      );
    expect(namesOf(run!)).toEqual([
      "popularity",
      ...four("local"),
      ...four("fedavg"),
      ...four("prox"),
    ]);
    const { settings, entry } = settingsOf(run!, four("prox")[3]!);
    expect(settings.training.optimiser).toMatchObject({ kind: "adam", learningRate: 0.1 });
    expect(settings.federation.rounds).toBe(2);
    expect(entry["mu"]).toBe(0.1);
    expect(run!.methods[four("prox")[3]!]).toEqual({
      base: "prox",
      settings: { "training.optimiser.learningRate": 0.1, "federation.rounds": 2 },
    });
  });

  test("change nothing else: a variant is the method of an experiment that says the same for all", () => {
    const [run] = runsOf(["training.optimiser.learningRate=0.01,0.1", "model.width=4,8"]);
    const alone = parseExperiment(JSON.stringify(WRITTEN), "tiny.yaml", [
      { path: ["training", "optimiser"], value: { kind: "adam", learningRate: 0.1 }, text: "" },
      { path: ["model", "width"], value: 8, text: "" },
    ]);
    const variant = settingsOf(run!, "fedavg [training.optimiser.learningRate=0.1, model.width=8]");
    const usual = planOf(alone).methods.find(({ entry }) => entry.name === "fedavg")!;
    expect(variant.settings).toEqual(usual.settings);
  });

  test("of one method, by its name or place", () => {
    const [run] = runsOf(["methods.prox.mu=0.01,1"]);
    expect(namesOf(run!)).toEqual([
      "popularity",
      "local",
      "fedavg",
      "prox [methods.prox.mu=0.01]",
      "prox [methods.prox.mu=1]",
    ]);
    expect(settingsOf(run!, "prox [methods.prox.mu=1]").entry["mu"]).toBe(1);
    expect(namesOf(runsOf(["methods.3.mu=0.01,1"])[0]!).at(-1)).toBe("prox [methods.3.mu=1]");
  });

  test("reach no method that has its own; another model opens its own defaults", () => {
    const source = sourceOf({
      methods: ["local", { kind: "fedavg", model: { kind: "lr" } }, { kind: "fedavg", name: "b" }],
    });
    const [run] = runsOf(["model={ kind: lr },{ kind: fm }"], source);
    expect(namesOf(run!)).toEqual([
      "local [model={ kind: lr }]",
      "local [model={ kind: fm }]",
      "fedavg",
      "b [model={ kind: lr }]",
      "b [model={ kind: fm }]",
    ]);
    expect(settingsOf(run!, "b [model={ kind: fm }]").settings.model).toMatchObject({
      kind: "fm",
      width: 16,
    });
  });

  test("go with a method that starts from another, each from the one with its settings", () => {
    const source = sourceOf({
      model: { kind: "neumf", gmfWidth: 4 },
      methods: [
        { kind: "local", name: "parts", model: { kind: "gmf", width: 4 } },
        { kind: "local", startFrom: ["parts"] },
      ],
      data: {
        kind: "synthetic",
        feedback: "implicit",
        markets: { a: { rows: 300, users: 20, items: 40 } },
      },
      negatives: { evaluation: { count: 20 } },
    });
    const [run] = runsOf(["methods.parts.training={ batchSize: 32 },{ batchSize: 64 }"], source);
    expect(namesOf(run!)).toHaveLength(4);
    const [first, second] = namesOf(run!).slice(2);
    expect(settingsOf(run!, first!).reads).toEqual([namesOf(run!)[0]]);
    expect(settingsOf(run!, second!).reads).toEqual([namesOf(run!)[1]]);
  });

  test("evaluation.against names all that became of a method, and local-only trainings where they vary", () => {
    const source = sourceOf({ evaluation: { bootstrap: 100, against: ["fedavg"] } });
    const [run] = runsOf(["training.batchSize=32,64"], source);
    expect(run!.experiment.evaluation.against).toEqual([
      "local [training.batchSize=32]",
      "local [training.batchSize=64]",
      "fedavg [training.batchSize=32]",
      "fedavg [training.batchSize=64]",
    ]);
  });
});

describe("settings of data and of what is measured", () => {
  test("make a run of their own for each value, each with all variants", () => {
    const runs = runsOf(["split.test=0.2,0.3", "training.batchSize=32,64"]);
    expect(runs.map(({ name, settings }) => [name, settings])).toEqual([
      ["tiny [split.test=0.2]", { "split.test": 0.2 }],
      ["tiny [split.test=0.3]", { "split.test": 0.3 }],
    ]);
    expect(runs.map(({ experiment }) => [experiment.name, experiment.split])).toMatchObject([
      ["tiny [split.test=0.2]", { test: 0.2 }],
      ["tiny [split.test=0.3]", { test: 0.3 }],
    ]);
    for (const run of runs) expect(namesOf(run)).toHaveLength(7);
  });
});

describe("seeds and methods", () => {
  test("replace the experiment's; methods may also be named by kind", () => {
    const [run] = expand(sourceOf(), { grid: [], seeds: [4, 5], methods: ["prox", "fedadam"] });
    expect(run!.experiment.seeds).toEqual([4, 5]);
    expect(namesOf(run!)).toEqual(["prox", "fedadam"]);
  });

  test("a name that is neither says what was meant", () => {
    expect(() => expand(sourceOf(), { grid: [], methods: ["fedavgg", "pox"] })).toThrow(
      /"fedavgg" is neither .*did you mean "fedavg"\?\n.*"pox" is neither .*did you mean "prox"\?/,
    );
  });
});

describe("what is wrong is said at once, at the setting that is wrong", () => {
  const problems = (settings: readonly string[]) => {
    try {
      runsOf(settings);
    } catch (error) {
      return (error as Error).message.split("\n");
    }
    throw new Error("nothing was wrong");
  };

  test("values that the schema refuses, of methods and of runs", () => {
    const seen = problems(["evaluation.bootstrap=100,1", "training.batchSize=32,0"]);
    expect(seen.filter((line) => line.includes("local"))).toEqual([
      "--set training.batchSize=32,0  local.training.batchSize: 0 is too small; give more than 0 (local [training.batchSize=0])",
    ]);
    expect(seen.filter((line) => !line.includes("batchSize"))).toEqual([
      expect.stringMatching(/^--set evaluation\.bootstrap=100,1 {2}evaluation\.bootstrap: 1 is/),
    ]);
    // The two other methods that train, each under its own name.
    expect(seen).toHaveLength(4);
  });

  test("settings that cannot vary, that no method has, that reach nobody", () => {
    expect(problems(["seeds=1,2", "name=a,b"])).toEqual([
      "--set seeds=1,2  seeds make cells of every run; give them with --seed",
      "--set name=a,b  a name changes no number; give experiments with different names",
    ]);
    const [unknown, kind] = problems(["methods.proxx.mu=1,2", "methods.prox.kind=fedavg,fedbn"]);
    expect(unknown).toContain('the experiment has no method "proxx"; did you mean "prox"?');
    expect(kind).toContain("makes another method, not a variant");
    const lonely = () => runsOf(["model.width=4,8"], sourceOf({ methods: ["popularity"] }));
    expect(lonely).toThrow(/model\.width=4,8 {2}reaches none of popularity/);
  });

  test("a name that no folder can have", () => {
    const long = `{ kind: deepfm, hidden: [${Array.from({ length: 60 }, () => "8").join(", ")}] }`;
    expect(() => runsOf([`model=${long},{ kind: lr }`])).toThrow(/is too long for a folder's name/);
  });
});
