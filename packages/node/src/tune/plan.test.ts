import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ExperimentError } from "../experiment/index.ts";
import { planTune } from "./plan.ts";
import { readTune } from "./read.ts";
import { EXPERIMENT, TUNE, writeTune } from "./tune.fixture.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-tune-plan-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function planned(files: { tune?: string; experiment?: string } = {}) {
  return planTune(await readTune(await writeTune(folder, files)));
}

/** Everything that is said of the two files. */
async function problems(files: { tune?: string; experiment?: string }): Promise<string> {
  try {
    await planned(files);
  } catch (error) {
    if (error instanceof ExperimentError)
      return `\n${error.message.replaceAll(folder, "FOLDER")}\n`;
    throw error;
  }
  return "no problem";
}

const space = (text: string) => TUNE.replace(/space:\n(?: {2}.*\n)+/, `space:\n${text}\n`);

describe("a plan", () => {
  test("fills every setting in: blocks left to their defaults are opened, method names are blocks", async () => {
    const { experiments, settings, objective, rungs } = await planned();
    expect(objective).toBe("auc");
    expect(rungs).toEqual([{ trials: 3, rounds: 3 }]);
    settings.forEach((setting, i) => {
      const { training, methods } = experiments[i]!;
      expect(training.optimiser.learningRate).toBe(setting["training.optimiser.learningRate"]);
      expect(training.optimiser.kind).toBe("adam");
      expect(methods[2]).toMatchObject({ kind: "fedprox", mu: setting["methods.fedprox.mu"] });
    });
  });

  test("another optimiser takes its own defaults, not those of the first one", async () => {
    const { experiments } = await planned({
      tune: space(
        "  training.optimiser.kind: { values: [adam, sgd] }\n  training.optimiser.learningRate: { values: [0.01] }",
      ).replace(/strategy:.*/, "strategy: { kind: grid }"),
    });
    expect(experiments.map(({ training }) => training.optimiser.kind)).toEqual(["adam", "sgd"]);
  });

  test("whole blocks may be values, and a block that stands for another by an alias becomes its own", async () => {
    const { experiments } = await planned({
      tune: space(
        "  model: { values: [{ kind: lr }, { kind: fm, width: 2 }] }\n  methods.fedprox.training.optimiser.learningRate: { values: [0.5] }",
      ).replace(/strategy:.*/, "strategy: { kind: grid }"),
      experiment: EXPERIMENT.replace("training: { batchSize: 64 }", "").replace(
        "methods: [popularity, local, fedprox]",
        "training: { optimiser: &o { kind: adam, learningRate: 0.25 } }\nmethods: [popularity, local, { kind: fedprox, training: { optimiser: *o } }]",
      ),
    });
    expect(experiments.map(({ model }) => model.kind)).toEqual(["lr", "fm"]);
    expect(experiments[0]!.training.optimiser.learningRate).toBe(0.25);
    expect(experiments[0]!.methods[2]).toMatchObject({
      training: { optimiser: { kind: "adam", learningRate: 0.5 } },
    });
  });
});

describe("problems, each with its place, the value and the way out", () => {
  test("every invalid point is reported before anything runs, each once", async () => {
    expect(
      await problems({
        tune: space(
          "  model.width: { values: [8, 0, -1] }\n  model.embeddingStdd: { values: [1] }\n  federation.rounds: { low: 0, high: 1, integer: true, steps: 2 }",
        ).replace(/strategy:.*/, "strategy: { kind: grid }"),
      }),
    ).toMatchInlineSnapshot(`
      "
      tune.yaml:6:24  model.embeddingStdd: unknown key; did you mean "embeddingStd"?
      tune.yaml:7:22  federation.rounds: 0 is too small; give more than 0
      tune.yaml:5:16  model.width: 0 is too small; give more than 0
      tune.yaml:5:16  model.width: -1 is too small; give more than 0
      "
    `);
  });

  test("the ranges themselves, all at once", async () => {
    expect(
      await problems({
        tune: space(
          "  model.width: { low: 8, high: 4 }\n  training.batchSize: { low: 0, high: 1.5, scale: log, integer: true, steps: 3 }\n  model.hidden: { values: [[8], [8]] }\n  split.valid: { values: [0.1] }\n  model: { values: [{ kind: lr }] }",
        ),
      }),
    ).toMatchInlineSnapshot(`
      "
      tune.yaml:5:3  space.model.width: model is in the space as well and holds this setting; remove one of them
      tune.yaml:5:32  space.model.width.high: 4 is not above low, 8; give a larger one, or one entry in values
      tune.yaml:6:30  space.training.batchSize.low: 0 has no logarithm; give more than 0, or scale: linear
      tune.yaml:6:39  space.training.batchSize.high: 1.5 is not a whole number, but integer is true; give one
      tune.yaml:6:78  space.training.batchSize.steps: 3 steps are for strategy grid only; remove it
      tune.yaml:7:3  space.model.hidden: model is in the space as well and holds this setting; remove one of them
      tune.yaml:7:33  space.model.hidden.values.1: [8] is given twice; values must differ
      tune.yaml:8:3  space.split.valid: split decides which rows or numbers are compared, so trials may not differ in it; set it in the experiment
      "
    `);
  });

  test("a wrong form", async () => {
    expect(
      await problems({
        tune: TUNE.replace("low: 0.0003", "lo: 0.0003").replace("trials: 3", "trails: 3"),
      }),
    ).toMatchInlineSnapshot(`
      "
      tune.yaml:5:3  space.training.optimiser.learningRate.low: is missing; give a number
      tune.yaml:5:38  space.training.optimiser.learningRate.lo: unknown key; did you mean "low"?
      tune.yaml:7:27  strategy.trails: unknown key; did you mean "trials"?
      "
    `);
  });

  test("a grid over a range without steps", async () => {
    expect(await problems({ tune: TUNE.replace(/strategy:.*/, "strategy: { kind: grid }") }))
      .toMatchInlineSnapshot(`
      "
      tune.yaml:5:3  space.training.optimiser.learningRate: is a range, and a grid needs to know how many values to take of it; add steps, or list them in values
      "
    `);
  });

  test("a method that the experiment does not have", async () => {
    expect(await problems({ tune: TUNE.replace("method: fedprox", "method: fedpox") }))
      .toMatchInlineSnapshot(`
      "
      tune.yaml:3:9  method: the experiment has no method "fedpox"; did you mean "fedprox"?
      "
    `);
  });

  test("an objective that cannot be measured on these data", async () => {
    expect(await problems({ tune: `${TUNE}objective: ndcg@10\n` })).toMatchInlineSnapshot(`
      "
      tune.yaml:8:12  objective: "ndcg@10" ranks sampled candidates, but feedback is explicit; use a metric of labels, such as auc
      "
    `);
    expect(await problems({ tune: `${TUNE}objective: acu\n` })).toMatchInlineSnapshot(`
      "
      tune.yaml:8:12  objective: no metric "acu"; did you mean "auc"?; there are auc, gauc, gauc-positives, avgauc, logloss, ne, ece, hr@10, ndcg@10, mrr@10 (any cut-off)
      "
    `);
  });

  test("paths that lead nowhere", async () => {
    expect(
      await problems({
        tune: space(
          "  methods.7.mu: { values: [1] }\n  training.batchSize.size: { values: [1] }\n  trainin.batchSize: { values: [1] }",
        ),
      }),
    ).toMatchInlineSnapshot(`
      "
      tune.yaml:5:17  methods.7.mu: methods.7 is not there: the experiment's methods has 3 entries, counted from 0
      tune.yaml:6:28  training.batchSize.size: training.batchSize is 64 in the experiment, which holds no settings; name a setting that there is
      tune.yaml:7:22  trainin: unknown key; did you mean "training"?
      "
    `);
  });

  test("an experiment file that is not there", async () => {
    expect(await problems({ tune: TUNE.replace("tiny.yaml", "tinny.yaml") }))
      .toMatchInlineSnapshot(`
      "
      tune.yaml:2:13  experiment: there is no file FOLDER/tinny.yaml; name the experiment relative to the tune file
      "
    `);
  });

  test("successive halving varies rounds itself", async () => {
    expect(
      await problems({
        tune: space("  federation.rounds: { values: [1, 2] }").replace(
          /strategy:.*/,
          "strategy: { kind: successive-halving, minimumRounds: 5, maximumRounds: 2 }",
        ),
      }),
    ).toMatchInlineSnapshot(`
      "
      tune.yaml:5:3  space.federation.rounds: successive-halving sets federation.rounds itself; remove it from the space, and give strategy.minimumRounds and maximumRounds
      tune.yaml:6:72  strategy.maximumRounds: 2 is less than minimumRounds, 5; give at least as many
      "
    `);
  });
});
