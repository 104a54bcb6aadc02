import { roleOf, resolveMethod } from "@atoll/core/methods";
import type { Result } from "@atoll/node/results";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fedcctrCharts } from "../../scripts/results/fedcctr/charts.ts";
import { fedcctrGoals } from "../../scripts/results/fedcctr/goals.ts";
import { fedcctrPage } from "../../scripts/results/fedcctr/page.ts";
import { NEEDED } from "../../scripts/results/fedcctr/tables.ts";
import { equalNoise } from "../../scripts/results/fedcctr/promises.ts";
import { FEDCCTR_RUNS } from "../../scripts/results/fedcctr/runs.ts";
import { planRun } from "../../scripts/results/plan-run.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");

/** NDCG@10 by run and method, where it matters; every other method has .1 in each domain. */
const VALUES: Readonly<Record<string, Readonly<Record<string, readonly [number, number]>>>> = {
  main: {
    centralised: [0.16, 0.1],
    fedcctr: [0.15, 0.08],
    "centralised+request": [0.21, 0.15],
    "fedcctr+request": [0.199, 0.1],
    "fedcctr+titles+request": [0.21, 0.145],
  },
  privacy: { "central-3": [0.13, 0.081], noiseless: [0.2, 0.14], "local-R-0.991": [0.09, 0.1] },
};

async function made(): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  for (const run of FEDCCTR_RUNS) {
    const { experiment } = await planRun(run, { examples: EXAMPLES, page: "fedcctr" });
    const entries = experiment.methods.map(resolveMethod);
    const clients = run.example === "fedcctr-synthetic" ? ["games", "toys"] : ["food", "kitchen"];
    const valueOf = (method: string, c: number) => VALUES[run.name]?.[method]?.[c] ?? 0.1;
    const interval = (mean: number) => ({ mean, sd: 0, low: mean - 0.005, high: mean + 0.005 });
    const metrics = (mean: number) => ({
      "ndcg@10": interval(mean),
      "hr@10": interval(mean),
      "mrr@10": interval(mean),
    });
    results.set(run.name, {
      experiment: { ...experiment },
      seeds: [...experiment.seeds],
      metric: "ndcg@10",
      clients: Object.fromEntries(clients.map((client) => [client, {}])),
      methods: Object.fromEntries(
        entries.map((entry) => [
          entry.name,
          {
            kind: entry.kind,
            role: roleOf(entry),
            clients: Object.fromEntries(
              clients.map((client, c) => [client, metrics(valueOf(entry.name, c))]),
            ),
            macro: metrics(0.1),
            rounds: 3,
          },
        ]),
      ),
      comparisons: entries.flatMap(({ name: method }) =>
        experiment.evaluation.against.flatMap((against) =>
          ["macro", ...clients].map((client, c) => {
            const difference = c === 0 ? 0 : valueOf(method, c - 1) - valueOf(against, c - 1);
            return {
              method,
              against,
              metric: "ndcg@10",
              client,
              difference,
              low: difference - 0.005,
              high: difference + 0.005,
              p: 1,
              pHolm: 1,
              verdict: "no clear difference" as const,
            };
          }),
        ),
      ),
    } as unknown as Result);
  }
  return results;
}

test("goals are met, met by their mean alone, or not met, each by its own rule", async () => {
  const results = await made();
  const goals = fedcctrGoals((name) => results.get(name)!);
  expect(goals.map(({ verdict }) => verdict)).toEqual([
    "met", // .16 - .005 and .1 - .005 reach .15 and .09
    "not met", // .08 is 80% of .1
    "met", // .205 and .145
    "not met", // Kitchen has .1
    "met", // .205 and .14
    "met", // .205 > .1971
    "met by the mean, not by the interval", // .199 > .1971 > .194
    "met", // .205 > .1971
    "met by the mean, not by the interval", // .13 and .081 reach .125 and .08, .076 does not
    "not met", // .081 / .14 is 58%
    "met", // 81% of both
    "met", // of .1, more than all
    "no clear difference", // as good as titles
    "no clear difference",
    "not met",
  ]);
  expect(goals[9]!.measured).toBe("food 65%, kitchen 58%");
});

test("the page has every run's methods, and pictures need nothing else", async () => {
  const results = await made();
  const resultOf = (name: string) => results.get(name)!;
  const finished = new Set(results.keys());
  const page = fedcctrPage(resultOf, { finished, machine: "a machine", date: "2026-01-01" });
  for (const name of ["main", "privacy"])
    for (const method of Object.keys(resultOf(name).methods))
      expect(page).toMatch(
        new RegExp(`\\| ${method.replaceAll(/[+.]/g, "\\$&")}( \\(reference\\))? \\|`),
      );
  expect(page).toContain("| *ABXI, published* | *0.1971* | *0.3243* | *0.1427* | *0.2438* |");
  expect(page).not.toMatch(/NaN|undefined/);
  const some = new Set(NEEDED);
  const short = fedcctrPage(resultOf, { finished: some, machine: "a machine", date: "2026-01-01" });
  expect(page).toContain("## Sensitivity");
  expect(short).not.toMatch(/## Sensitivity|fedcctr-epsilon|tri-cdr|NaN|undefined/);
  expect(Object.keys(fedcctrCharts(resultOf, some))).toEqual([]);
  expect(Object.keys(fedcctrCharts(resultOf, finished))).toHaveLength(2);
  for (const svg of Object.values(fedcctrCharts(resultOf, finished))) {
    expect(svg).toMatch(/^<svg\s/);
    expect(svg).not.toMatch(/NaN|undefined/);
  }
});

test("noise that decays costs what constant noise does: precisions 1/z^2 add up alike", () => {
  const first = equalNoise(2.59, 0.991, 60);
  let precision = 0;
  for (let t = 0; t < 60; t++) precision += 1 / (first * 0.991 ** t) ** 2;
  expect(precision).toBeCloseTo(60 / 2.59 ** 2, 10);
  expect(equalNoise(2.59, 1, 60)).toBeCloseTo(2.59, 12);
});
