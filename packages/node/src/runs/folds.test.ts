import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { studentCritical } from "@atoll/core/stats";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { experimentSchema } from "../experiment/index.ts";
import { metricsLineSchema, type MetricsLine, type Result } from "../results/index.ts";
import { runExperiment } from "./run.ts";

describe("two trainings on each of three folds", () => {
  let folder: string;
  let result: Result;
  let lines: MetricsLine[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "atoll-folds-"));
    const experiment = experimentSchema.parse({
      name: "folds",
      data: { kind: "synthetic", markets: { a: { rows: 500 }, b: { rows: 300 } } },
      split: { kind: "k-fold", folds: 3, stratify: true, valid: 0.2 },
      model: { kind: "lr" },
      methods: ["local", "fedavg"],
      federation: { rounds: 2 },
      training: { batchSize: 64, optimiser: { kind: "adam", learningRate: 0.05 } },
      evaluation: { bootstrap: 200, metrics: ["auc"] },
      seeds: [0, 1, 2, 3, 4, 5],
    });
    const directory = join(folder, "run");
    await runExperiment(experiment, {
      experimentDirectory: folder,
      directory,
      threads: 1,
      signal: new AbortController().signal,
      now: () => new Date(0),
      onEvent: () => {},
    });
    result = JSON.parse(await readFile(join(directory, "result.json"), "utf8")) as Result;
    lines = (await readFile(join(directory, "metrics.jsonl"), "utf8"))
      .trim()
      .split("\n")
      .map((line) => metricsLineSchema.parse(JSON.parse(line)));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test("seeds of one fold see the same rows and train differently", () => {
    const losses = (seed: number) =>
      lines
        .filter((line) => line.seed === seed && line.method === "local" && line.client === "a")
        .map(({ values }) => values["trainLoss"])
        .filter((loss) => loss !== undefined);
    expect(losses(0).length).toBeGreaterThan(0);
    expect(losses(3)).not.toEqual(losses(0));
    expect(result.clients["a"]).toMatchObject({ train: 266, valid: 67, test: 167 });
  });

  test("intervals are t_2 s sqrt(1/3 + test/train) about the mean, with those of the rows beside", () => {
    const values = testValues("fedavg", "a");
    const means = [0, 1, 2].map((fold) => (values[fold]! + values[fold + 3]!) / 2);
    const centre = (means[0]! + means[1]! + means[2]!) / 3;
    const sd = Math.sqrt(means.reduce((sum, own) => sum + (own - centre) ** 2, 0) / 2);
    const own = result.methods["fedavg"]!.clients["a"]!["auc"]!;
    // Within a row or two of 3 / (2 * 0.8) over both clients and all folds.
    const half = studentCritical(0.05, 2) * sd * Math.sqrt(1 / 3 + 1 / (2 * 0.8));
    expect(own.mean).toBeCloseTo(centre, 12);
    expect(Math.abs((own.high - own.mean) / half - 1)).toBeLessThan(0.01);
    expect(own.rowsLow).toBeLessThan(own.mean);
    expect(own.rowsHigh).toBeGreaterThan(own.mean);
    for (const comparison of result.comparisons) expect(comparison).toHaveProperty("rowsLow");
  });

  test("the protocol says so, and the worst client is named", () => {
    const text = (topic: string) => result.protocol.find((own) => own.topic === topic)!.text;
    expect(text("Split")).toBe(
      "3 folds of rows, each part with the same label rate, one partition for all seeds: the fold of the seed is test, 20% of the others validation",
    );
    expect(text("Intervals")).toMatch(
      /^95%: corrected resampled t over 3 folds, the mean over a fold's seeds being its value/,
    );
    const [a, b] = ["a", "b"].map(
      (client) => result.methods["local"]!.clients[client]!["auc"]!.mean,
    );
    expect(result.methods["local"]!.worst!["auc"]).toEqual(
      a! < b! ? { client: "a", mean: a } : { client: "b", mean: b },
    );
  });

  function testValues(method: string, client: string): number[] {
    return [0, 1, 2, 3, 4, 5].map((seed) => {
      const line = lines.find(
        (own) =>
          own.stage === "evaluate" &&
          own.seed === seed &&
          own.method === method &&
          own.client === client,
      )!;
      return line.values[Object.keys(line.values).find((name) => name.endsWith("auc"))!]!;
    });
  }
});
