import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FeatureSchema } from "@atoll/core/data";
import { strategyProblems, type StrategyUpdate } from "@atoll/core/federation";
import type { Defined } from "@atoll/core/metrics";
import { predictProgram } from "@atoll/core/models";
import { jaxExecutor, parameterLayout } from "@atoll/core/tensor";
import { parseOverride, readExperiment } from "@atoll/node/experiment";
import type { Result } from "@atoll/node/results";
import { runExperiment } from "@atoll/node/runs";
import { trimmedMean } from "../examples/extending/my-aggregator.ts";
import { myMetric } from "../examples/extending/my-metric.ts";
import { myModel } from "../examples/extending/my-model.ts";

const folder = resolve(import.meta.dirname, "../examples/extending");
const files = globSync("*.ts", { cwd: folder });

let scratch: string;
let result: Result;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "atoll-extending-"));
  const experiment = await readExperiment(
    join(folder, "experiment.yaml"),
    [
      "data.markets={ a: { rows: 500 }, b: { rows: 400 }, c: { rows: 300 } }",
      "federation={ rounds: 2 }",
      "training.select=last",
      "evaluation.bootstrap=100",
      "seeds=[1]",
    ].map(parseOverride),
  );
  const outcome = await runExperiment(experiment, {
    experimentDirectory: folder,
    directory: join(scratch, "run"),
    threads: 1,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
  });
  if (outcome.kind !== "done") throw new Error("stopped");
  ({ result } = outcome);
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

test("each example is one short file that imports only what packages export", () => {
  expect(files).toHaveLength(4);
  for (const file of files) {
    const source = readFileSync(join(folder, file), "utf8");
    expect(source.split("\n").length, file).toBeLessThan(60);
    for (const [, target] of source.matchAll(/from "([^"]+)"/g))
      expect(target, file).toMatch(/^@atoll\/core\/[a-z]+$/);
  }
});

test("the experiment runs: every line of the extensions is in the result like the library's own", () => {
  expect(Object.keys(result.methods)).toEqual([
    "local",
    "fedavg",
    "trimmed-mean",
    "fedbabu",
    "best-possible",
  ]);
  for (const { macro } of Object.values(result.methods))
    expect(Object.keys(macro)).toEqual(["auc", "brier", "logloss"]);
  // No probabilities have a lower expected Brier score than the true ones.
  const brier = (method: string) => result.methods[method]!.macro["brier"]!.mean;
  for (const method of ["local", "fedavg", "trimmed-mean", "fedbabu"])
    expect(brier(method)).toBeGreaterThan(brier("best-possible"));
  expect(result.protocol.map(({ topic }) => topic)).toContain("Code beside the library's");
});

test("FedBABU sends what FedAvg sends but for the head: 16 weights and a bias of 4 bytes", () => {
  const sent = (method: string) => {
    const { arrays, answers } = result.methods[method]!.stages!.find(
      ({ stage }) => stage === "train",
    )!;
    // Clients answer two rounds with arrays and the last one without.
    return arrays!["parameters"]!.up / ((answers / 3) * 2);
  };
  expect(sent("fedavg") - sent("fedbabu")).toBe(17 * 4);
});

const answer = (client: string, ...values: number[]): StrategyUpdate => ({
  client,
  numExamples: 1,
  arrays: { w: { shape: [values.length], data: Float32Array.from(values) } },
});
const start = { w: { shape: [2], data: new Float32Array(2) } };

test("the trimmed mean keeps the laws of a strategy: of five clients it leaves out two of each number", () => {
  for (const trim of [0, 0.2, 0.4]) expect(strategyProblems(trimmedMean(trim))).toEqual([]);
  const liar = answer("e", 1e9, -1e9);
  const honest = [answer("a", 1, 6), answer("b", 2, 7), answer("c", 4, 8), answer("d", 9, 9)];
  const of = (trim: number) => [
    ...trimmedMean(trim).step(start, [liar, ...honest], trimmedMean(trim).init(start))[0]["w"]!
      .data,
  ];
  expect(of(0.2)).toEqual([5, 7]);
  expect(of(0.4)).toEqual([4, 7]);
  expect(of(0)[0]).toBeGreaterThan(1e8);
});

test("the Brier score is the mean squared error, and its influences are what each user moves it by", () => {
  const row = (user: number, label: number, score: number) => ({ user, label, score });
  const rows = [row(0, 1, 0.8), row(0, 0, 0.4), row(1, 1, 0.4), row(1, 0, 0.1)];
  const { value, influence } = myMetric.metrics["brier"]!.measure(
    {
      examples: {
        numRows: 4,
        rows: { numRows: 0, categorical: new Int32Array(), numeric: new Float32Array() },
        at: new Int32Array(4),
        label: Float32Array.from(rows, ({ label }) => label),
        user: Int32Array.from(rows, ({ user }) => user),
      },
      scores: Float64Array.from(rows, ({ score }) => score),
      numUsers: 2,
    },
    { k: Infinity, ties: "expected" },
  ) as Defined;
  // (0.04 + 0.16 + 0.36 + 0.01) / 4, and (0.2 - 2 x 0.1425) / 4 for the first user.
  expect(value).toBeCloseTo(0.1425, 12);
  expect([...influence].map((own) => own.toFixed(6))).toEqual(["-0.021250", "0.021250"]);
});

test("NFM's forward pass is its formula, by hand", async () => {
  const schema: FeatureSchema = {
    categorical: ["a", "b", "c"].map((name) => ({ name, of: "context", numRows: 4 })),
    numeric: [],
  };
  const line = myModel.models["nfm"]!;
  const config = line.config.parse({ kind: "nfm", width: 2, hidden: [1] });
  const model = line.build(config as { kind: string }, schema);
  const program = predictProgram(
    model,
    parameterLayout(model.parameters),
    parameterLayout(model.state),
    schema,
    1,
  );
  const loaded = await jaxExecutor().load(program);
  const { logits } = await loaded.run({
    "parameter:wide/bias": Float32Array.of(0.5),
    "parameter:tower/0/weight": Float32Array.of(2, 1),
    "parameter:tower/0/bias": Float32Array.of(-1),
    "parameter:head/weight": Float32Array.of(3),
    "parameter:head/bias": Float32Array.of(0.25),
    "embedding:wide": Float32Array.of(0.1, 0.2, 0.3),
    "embedding:factors": Float32Array.of(1, 2, 3, -1, 2, 1),
  });
  await loaded.release();
  // Pairs: 1x3 + 1x2 + 3x2 = 11 and -2 + 2 - 1 = -1; 3 relu(22 - 1 - 1) + 0.25, beside 0.5 + 0.6.
  expect(logits![0]).toBeCloseTo(3 * 20 + 0.25 + 1.1, 4);
});
