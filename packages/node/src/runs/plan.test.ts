import { resolveMethod } from "@atoll/core/methods";
import { describe, expect, test } from "vitest";
import { experimentSchema, type Experiment } from "../experiment/index.ts";
import { partiesOf, planOf } from "./plan.ts";

function experiment(overrides: Record<string, unknown> = {}): Experiment {
  return experimentSchema.parse({
    data: {
      kind: "files",
      feedback: "explicit",
      columns: { user: "u", item: "i", labels: { click: "c", buy: "b" } },
      clients: { a: { path: "a.csv" } },
    },
    split: { kind: "random" },
    model: { kind: "lr" },
    methods: ["popularity", "local", { kind: "local", name: "both", model: { kind: "mmoe" } }],
    ...overrides,
  });
}

const selection = (given: Experiment) => {
  const { headline, methods } = planOf(given);
  return [headline, ...methods.map(({ settings }) => settings.selectBy)];
};

describe("of several labels, validation selects by the one that a method learns", () => {
  test("the first, where nothing is said", () =>
    expect(selection(experiment())).toEqual(Array(4).fill("auc:click")));

  test("another one: methods of one label select by it, a model of both by the headline", () =>
    expect(selection(experiment({ training: { task: "buy" } }))).toEqual([
      "auc:click",
      "auc:buy",
      "auc:buy",
      "auc:click",
    ]));

  test("where all learn the second label, it is the headline", () =>
    expect(selection(experiment({ training: { task: "buy" }, methods: ["local"] }))).toEqual([
      "auc:buy",
      "auc:buy",
    ]));

  test("what the experiment says stands", () =>
    expect(
      selection(
        experiment({
          training: { selectBy: "logloss:buy", task: "buy" },
          evaluation: { headline: "ne:click" },
          methods: ["local"],
        }),
      ),
    ).toEqual(["ne:click", "logloss:buy"]));
});

test("minPositives is asked of test rows, not of the validation rows that settings are chosen on", () => {
  const asked = (evaluation: Record<string, unknown>) =>
    planOf(experiment({ evaluation })).methods[0]!.settings.minPositives;
  expect(asked({})).toBe(1);
  expect(asked({ minPositives: 6 })).toBe(6);
  expect(asked({ minPositives: 6, on: "validation" })).toBe(0);
});

test("parties: clients, one that holds all, or several that hold all and share a population", () => {
  const of = (method: Parameters<typeof resolveMethod>[0]) =>
    partiesOf(resolveMethod(method), ["a", "b"]);
  expect(of({ kind: "fedavg" })).toEqual([
    { name: "a", clients: ["a"] },
    { name: "b", clients: ["b"] },
  ]);
  expect(of({ kind: "centralised" })).toEqual([{ name: "centralised", clients: ["a", "b"] }]);
  expect(of({ kind: "fedcctr", name: "mine", shards: 2 })).toEqual([
    { name: "mine-1", clients: ["a", "b"] },
    { name: "mine-2", clients: ["a", "b"] },
  ]);
});

test("lists of every item are measured by means over lists alone, unless more is asked for", () => {
  const metrics = (count: number | "all", evaluation = {}) =>
    planOf(
      experimentSchema.parse({
        data: {
          kind: "files",
          feedback: "implicit",
          columns: { user: "u", item: "i" },
          clients: { a: { path: "a.csv" } },
        },
        split: { kind: "random" },
        negatives: { evaluation: { count } },
        methods: ["popularity"],
        evaluation,
      }),
    ).metrics;
  expect(metrics(99)).toEqual(["ndcg@10", "hr@10", "mrr@10", "auc", "logloss"]);
  expect(metrics("all")).toEqual(["ndcg@10", "hr@10", "mrr@10"]);
  expect(metrics("all", { metrics: ["ndcg@5", "auc"] })).toEqual(["ndcg@5", "auc"]);
});
