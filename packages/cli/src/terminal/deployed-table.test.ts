import { expect, test } from "vitest";
import type { LinesPage, RunResults } from "@atoll/network/operations";
import { deployedResults } from "./deployed-results.ts";
import { deployedTable } from "./deployed-table.ts";

const cell = (method: string, seed: number) => ({ run: "r", seed, method });

const experiment = {
  name: "two markets",
  data: { kind: "synthetic", markets: { a: { rows: 600 }, "b/c": { rows: 300 } } },
  split: { kind: "random" },
  model: { kind: "lr" },
  methods: ["local", "fedavg"],
  seeds: [1, 2],
  evaluation: { metrics: ["auc", "logloss"] },
};

const outcome = (up: number, rounds: number) => ({ bytes: { up, down: 2 * up }, rounds });

const results: RunResults = {
  experiment,
  cells: [
    { cell: cell("local", 1), outcome: outcome(1024, 3) },
    { cell: cell("local", 2), outcome: outcome(3072, 4) },
    { cell: cell("fedavg", 1), outcome: outcome(100, 5) },
  ],
  accounts: [{ cell: cell("local", 1), client: "a", account: null }],
};

function evaluated(method: string, seed: number, values: Readonly<Record<string, number>>) {
  const line = { stage: "evaluate", round: 0, client: "a", values, bytesUp: 1, bytesDown: 1 };
  return { cell: cell(method, seed), line: JSON.stringify(line) };
}

const lines: LinesPage["lines"] = [
  evaluated("local", 1, { "test/a/auc": 0.6, "test/b/c/auc": 0.7, "test/a/logloss": 0.5 }),
  evaluated("local", 2, { "test/a/auc": 0.8, "test/b/c/auc": 0.7, "test/a/logloss": 0.3 }),
  evaluated("fedavg", 1, { "test/a/auc": 0.75, "valid/a": 0.9 }),
];

test("means over seeds; the mean over clients is of those for which every method has the metric", () => {
  const [local, fedavg] = deployedResults(results, lines).methods;
  expect(local).toMatchObject({ method: "local", seeds: 2, rounds: 3.5 });
  expect(local!.clients["a"]!["auc"]).toBeCloseTo(0.7, 12);
  expect(local!.clients["b/c"]).toEqual({ auc: 0.7 });
  expect(local!.macro["auc"]).toBeCloseTo(0.7, 12);
  expect(local!.bytes).toEqual({ up: 2048, down: 4096 });
  expect(fedavg!.macro).toEqual({ auc: 0.75 });
  expect(fedavg).not.toHaveProperty("epsilon");
});

test("a table by method; where it is too wide, by client", () => {
  const found = deployedResults(results, lines);
  expect(deployedTable(found, {})).toMatchInlineSnapshot(`
    "AUC          a     b/c    mean  seeds  rounds       up     down
    local   0.7000  0.7000  0.7000      2     3.5  2.0 KiB  4.0 KiB
    fedavg  0.7500       -  0.7500      1       5    100 B    200 B
    mean: without b/c, for which not every method has AUC.
    Other metrics, with --metric: logloss."
  `);
  expect(deployedTable(found, { width: 40 })).toMatchInlineSnapshot(`
    "AUC       local  fedavg
    a        0.7000  0.7500
    b/c      0.7000       -
    mean     0.7000  0.7500
    seeds         2       1
    rounds      3.5       5
    up      2.0 KiB   100 B
    down    4.0 KiB   200 B
    mean: without b/c, for which not every method has AUC.
    Other metrics, with --metric: logloss."
  `);
});
