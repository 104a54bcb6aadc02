import { resolveMethod } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { sourceOf } from "./comparisons.fixture.ts";
import { giveUp } from "./give-up.ts";
import { extendPlan, NO_PLAN, type Additions } from "./plan.ts";

const nothing: Additions = { sources: [], grid: [] };
const start = extendPlan(NO_PLAN, { ...nothing, sources: [sourceOf()] });
const methodsOf = (run: (typeof start.runs)[number]) =>
  run.experiment.methods.map((entry) => resolveMethod(entry).name);

describe("a plan", () => {
  test("has a run for each experiment; equal names are told apart, equal experiments are one", () => {
    const other = sourceOf({ data: { kind: "synthetic", markets: { c: { rows: 300 } } } });
    const plan = extendPlan(NO_PLAN, { ...nothing, sources: [sourceOf(), other, sourceOf()] });
    expect(plan.runs.map(({ name, folder }) => [name, folder])).toEqual([
      ["tiny", "01-tiny"],
      ["tiny (2)", "02-tiny-2"],
    ]);
    expect(plan.runs[1]!.experiment.name).toBe("tiny (2)");
    expect(plan.sources).toHaveLength(2);
  });

  test("extended by nothing new, is the same", () => {
    expect(extendPlan(start, nothing)).toEqual(start);
    expect(extendPlan(start, { ...nothing, sources: [sourceOf()] })).toEqual(start);
  });
});

describe("adding", () => {
  test("seeds and methods goes to the run that is there, after what it has", () => {
    const plan = extendPlan(start, { ...nothing, seeds: [5, 1], methods: ["local", "fedadam"] });
    expect(plan.runs).toHaveLength(1);
    const [run] = plan.runs;
    expect(run!.experiment.seeds).toEqual([1, 5]);
    expect(methodsOf(run!)).toEqual(["popularity", "local", "fedavg", "prox", "fedadam"]);
    expect(run!.folder).toBe(start.runs[0]!.folder);
  });

  test("settings gives new variants; later methods and values have those of before too", () => {
    const grid = [{ name: "training.batchSize", values: [32] }];
    const first = extendPlan(start, { ...nothing, grid });
    expect(methodsOf(first.runs[0]!)).toEqual([
      "popularity",
      "local",
      "fedavg",
      "prox",
      ...["local", "fedavg", "prox"].map((name) => `${name} [training.batchSize=32]`),
    ]);
    const second = extendPlan(first, {
      ...nothing,
      grid: [{ name: "training.batchSize", values: [16] }],
      methods: ["fedadam"],
    });
    expect(methodsOf(second.runs[0]!).slice(7)).toEqual([
      "fedadam [training.batchSize=32]",
      "fedadam [training.batchSize=16]",
    ]);
    expect(second.settings).toEqual([{ name: "training.batchSize", values: [32, 16] }]);
  });

  test("another experiment, or other data of one, is a run of its own", () => {
    const plan = extendPlan(start, {
      ...nothing,
      sources: [sourceOf({ split: { kind: "random", valid: 0.2, test: 0.3 } })],
    });
    expect(plan.runs.map(({ name }) => name)).toEqual(["tiny", "tiny (2)"]);
    expect(plan.runs[0]).toEqual(start.runs[0]);
    // Adding to it once more finds it again.
    const again = extendPlan(plan, {
      ...nothing,
      seeds: [1, 2],
      sources: [sourceOf({ split: { kind: "random", valid: 0.2, test: 0.3 } })],
    });
    expect(again.runs.map(({ experiment }) => experiment.seeds)).toEqual([[1], [1, 2]]);
  });

  test("a method of other settings under the same name is refused, with both values", () => {
    const methods = ["local", { kind: "fedprox", name: "prox", mu: 5 }];
    expect(() => extendPlan(start, { ...nothing, sources: [sourceOf({ methods })] })).toThrow(
      /method prox has other settings than in the run "tiny": mu was 0\.1, is 5; give it another name/,
    );
  });

  test("what failed stays out", () => {
    const failure = { method: "fedavg", seed: 1, code: "TRAINING_DIVERGED", message: "NaN" };
    const without = giveUp(start.runs[0]!, [failure])!;
    expect(methodsOf(without)).toEqual(["popularity", "local", "prox"]);
    const plan = extendPlan({ ...start, runs: [without] }, { ...nothing, seeds: [1, 2] });
    expect(methodsOf(plan.runs[0]!)).toEqual(["popularity", "local", "prox"]);
    expect(plan.runs[0]!.experiment.seeds).toEqual([1, 2]);
  });
});

test("giving up the last method leaves no run", () => {
  const [run] = extendPlan(NO_PLAN, {
    ...nothing,
    sources: [sourceOf({ methods: ["local"] })],
  }).runs;
  expect(giveUp(run!, [{ method: "local", seed: 1, code: "X", message: "NaN" }])).toBeUndefined();
});
