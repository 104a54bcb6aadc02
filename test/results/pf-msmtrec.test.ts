import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseExperiment } from "@atoll/node/experiment";
import type { Result } from "@atoll/node/results";
import { cosineTable } from "../../scripts/results/pf-msmtrec/conflict.ts";
import { goalsInWords } from "../../scripts/results/goals.ts";
import { beyond, criteoGoals, syntheticGoals } from "../../scripts/results/pf-msmtrec/goals.ts";
import { ANGLES, RUNS } from "../../scripts/results/pf-msmtrec/runs.ts";
import { namedTable, valueTable } from "../../scripts/results/pf-msmtrec/tables.ts";
import { planRun } from "../../scripts/results/plan-run.ts";
import { entriesOf, variantsOf } from "../../scripts/results/pf-msmtrec/variants.ts";
import { wireTable } from "../../scripts/results/pf-msmtrec/wire.ts";

type Difference = readonly [
  against: string,
  client: string,
  difference: number,
  low: number,
  high: number,
];

/** As much of a result as comparisons take. */
const compared = (differences: readonly Difference[], train: Record<string, number> = {}) =>
  ({
    experiment: { name: "made up" },
    metric: "auc:click",
    clients: Object.fromEntries(
      Object.entries(train).map(([name, rows]) => [name, { train: rows }]),
    ),
    comparisons: differences.map(([against, client, difference, low, high]) => ({
      method: "pf-msmtrec",
      against,
      metric: "auc:click",
      client,
      difference,
      low,
      high,
      p: 0.01,
      pHolm: 0.01,
      verdict: "no clear difference",
    })),
  }) as unknown as Result;

const cells = (text: string) =>
  text
    .trim()
    .split("\n")
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );

describe("goals", () => {
  const rows = { s1: 900, s2: 500, s3: 400, s4: 20 };
  const hash15 = compared(
    [
      ["local", "macro", 0.02, 0.01, 0.03],
      ["local", "s4", 0.04, -0.01, 0.09],
      ["fedavg", "macro", -0.002, -0.004, 0],
    ],
    rows,
  );
  const hash18 = (middle: number, smallest = 0.01) =>
    compared(
      [
        ["local", "macro", 0.01, 0.001, 0.02],
        ["local", "s4", smallest, -0.02, 0.03],
        ["fedavg", "macro", 0.003, 0.001, 0.005],
        ["fedavg", "s2", 0.01, 0.002, 0.02],
        ["fedavg", "s3", 0.01, middle, 0.02],
      ],
      rows,
    );
  const verdicts = (...of: Parameters<typeof criteoGoals>) =>
    criteoGoals(...of).map(({ verdict }) => verdict);

  test("say what the interval holds, and what the mean alone does", () => {
    expect(verdicts(hash15, hash18(0.001))).toEqual([
      "met",
      "met by the mean, not by the interval",
      "met",
      "met",
    ]);
    expect(beyond(hash15, hash18(0.001)).map(({ verdict }) => verdict)).toEqual(["not met", "met"]);
  });

  test("take every named scenario", () => {
    expect(verdicts(hash15, hash18(-0.001))[2]).toBe("not met");
    expect(verdicts(hash15, hash18(0.001, -0.0001))[3]).toBe("not met");
  });

  test("need every angle over local, and FedAvg only where groups are in conflict", () => {
    const world = (local: number, fedavg: number) =>
      compared([
        ["local", "macro", local, local - 0.004, local + 0.004],
        ["fedavg", "macro", fedavg, fedavg - 0.001, fedavg + 0.001],
      ]);
    const goals = (at120: number) =>
      syntheticGoals((name) =>
        name === "synthetic-0"
          ? world(0.02, -0.0045)
          : name === "synthetic-120"
            ? world(at120, 0.1)
            : world(0.01, 0.05),
      );
    expect(goals(0.0051).map(({ verdict }) => verdict)).toEqual([
      "met",
      "met",
      "met by the mean, not by the interval",
    ]);
    expect(goals(0.0049)[0]!.verdict).toBe("not met");
    expect(goals(0.006)[0]!.measured.split("<br>")).toHaveLength(ANGLES.length);
    expect(goalsInWords(goals(0.0049))).toMatch(/^1 of 3 goals are met\. The others:\n/);
  });

  test("are not said without their comparison", () => {
    expect(() => criteoGoals(compared([], rows), hash18(0.001))).toThrow(
      "made up does not compare pf-msmtrec, local, macro",
    );
  });
});

test("Holm's correction is over the named comparisons alone", () => {
  const entry = (p: number) => ({ ...compared([["x", "macro", 0.1, 0, 0.2]]).comparisons[0]!, p });
  const named = [0.01, 0.04, 0.03].map((p) => ({ title: String(p), entry: entry(p) }));
  expect(
    cells(namedTable(named))
      .slice(2)
      .map((row) => row[5]),
  ).toEqual(["0.0300", "0.0600", "0.0600"]);
});

test("what no method can measure is not evaluable, what one method lacks is a dash", () => {
  const of = (sale: Record<string, number>) => ({
    role: "baseline",
    rounds: 3,
    macro: { "auc:sale": { mean: 0.6, low: 0.5, high: 0.7 } },
    worst: { "auc:sale": { client: "s1", mean: 0.6 } },
    clients: Object.fromEntries(
      ["s1", "s2", "s3"].map((name) => [
        name,
        sale[name] === undefined ? {} : { "auc:sale": { mean: sale[name] } },
      ]),
    ),
  });
  const result = {
    metric: "auc:click",
    clients: { s1: {}, s2: {}, s3: {} },
    comparisons: [],
    methods: { local: of({ s1: 0.6, s2: 0.7 }), fedavg: of({ s1: 0.65 }), clicks: of({}) },
  } as unknown as Result;
  expect(cells(valueTable(result, "auc:sale")).slice(2)).toEqual([
    ["local", "0.6000", "0.7000", "n.e.", "0.6000 ± 0.1000", "0.6000 (s1)", "3"],
    ["fedavg", "0.6500", "-", "n.e.", "0.6000 ± 0.1000", "0.6000 (s1)", "3"],
  ]);
});

test("bytes are for one client in one round, part by part", () => {
  const result = {
    methods: {
      local: { stages: [] },
      "pf-msmtrec": {
        stages: [
          { stage: "vocabulary", answers: 5, bytesUp: 1e6, bytesDown: 1e6, arrays: {} },
          {
            stage: "train",
            answers: 10,
            bytesUp: 40_960,
            bytesDown: 20_480,
            arrays: {
              "expert:0/scenario": { up: 10_240, down: 5120 },
              "expert:1/scenario": { up: 10_240, down: 5120 },
              "tower:0/1": { up: 5120, down: 0 },
            },
          },
        ],
      },
    },
  } as unknown as Result;
  expect(cells(wireTable(result))).toEqual([
    ["method", "experts, scenario factors", "towers", "whole messages"],
    ["---", "---", "---", "---"],
    ["pf-msmtrec", "2.0 / 1.0", "0.5 / 0.0", "4.0 / 2.0"],
  ]);
});

test("cosines are means over pairs, of rounds that every seed reached", () => {
  const at = (round: number, seeds: number, ab: number, ac: number | null) => ({
    round,
    seeds,
    rows: [
      [1, ab, ac],
      [ab, 1, null],
      [ac, null, 1],
    ],
  });
  const rounds = [at(0, 2, 0.4, 0.2), at(1, 2, 0.2, null), at(2, 2, 0, 0), at(3, 2, -0.8, 0.2)];
  const result = {
    methods: {
      "pf-msmtrec": {
        coordination: {
          clients: ["a", "b", "c"],
          cosines: { "expert:0/scenario": [...rounds, at(4, 1, 1, 1)], memories: rounds },
        },
      },
    },
  } as unknown as Result;
  // First rounds: ab (.4 + .2 + 0) / 3, ac (.2 + 0) / 2; last: ab (.2 + 0 - .8) / 3, ac (0 + .2) / 2.
  expect(cells(cosineTable([["hash", result, "pf-msmtrec"]])).slice(2)).toEqual([
    ["hash", "pf-msmtrec", "experts, scenario factors", "+0.15", "+0.10", "-0.05", "-0.20"],
  ]);
});

const WORLD = `
name: tiny
data:
  kind: scenarios
  scenarios: { a: { rows: 120 }, b: { rows: 120 } }
  features: 4
  units: 4
  spread: 15
split: { kind: random, valid: 0.2, test: 0.4 }
model: { kind: lr }
methods: [local]
federation: { rounds: 1 }
evaluation: { metrics: ["auc:click"], bootstrap: 100 }
`;

describe("variants", () => {
  const base = parseExperiment(
    WORLD.replace("{ kind: lr }", "{ kind: mmoe }").replace(
      "[local]",
      "[local, { kind: pf-msmtrec, mu: 0.5 }]",
    ),
    "tiny.yaml",
  );
  const variant = (name: string, settings: Record<string, unknown>) => ({
    name,
    part: "",
    setTo: "",
    settings: () => settings,
  });

  test("change what they name and nothing else", () => {
    const [made] = variantsOf(base, [variant("no-factor", { template: { taskFactor: "off" } })]);
    expect(made).toMatchObject({
      kind: "pf-msmtrec",
      name: "no-factor",
      mu: 0.5,
      template: { operator: "sum", taskFactor: "off" },
    });
  });

  test("that change nothing, or what another has, are left out", () => {
    const made = variantsOf(base, [
      variant("same", { mu: 0.5 }),
      variant("none", { mu: 0 }),
      variant("again", { mu: 0 }),
      variant("same-model", { model: { ...base.model } }),
    ]);
    expect(made.map(({ name }) => name)).toEqual(["none"]);
  });
});

test.each(RUNS)(
  "$name is a valid experiment with the method and its literal reading",
  async (own) => {
    const { experiment } = await planRun(own, {
      examples: join(import.meta.dirname, "../../examples"),
      page: "pf-msmtrec",
    });
    const { split, seeds, federation, data } = experiment;
    expect(experiment.name).toBe(`pf-msmtrec-${own.name}`);
    expect([...entriesOf(experiment).keys()]).toEqual(
      expect.arrayContaining(["fedavg", "pf-msmtrec", "pf-literal"]),
    );
    expect(seeds.length).toBeGreaterThan(own.name === "jd-tmall" ? 2 : 4);
    if (split.kind === "k-fold") {
      const rule = /-(off|mean)$/.exec(own.name)?.[1] ?? "count-weighted";
      expect(federation.federatedEmbeddings).toBe(rule);
      // As many seeds for each fold: a fold weighs as much as any other.
      const perFold = Map.groupBy(seeds, (seed) => seed % split.folds);
      expect([...perFold.values()].map(({ length }) => length)).toEqual(
        Array.from({ length: split.folds }, () => seeds.length / split.folds),
      );
    }
    if (data.kind === "scenarios" && split.kind === "random")
      for (const { rows } of Object.values(data.scenarios))
        expect(
          Math.abs(
            rows * (1 - split.valid - split.test) - (own.name.endsWith("-rows") ? 2000 : 300),
          ),
        ).toBeLessThan(1);
  },
);
