import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentSchema } from "../experiment/index.ts";
import { runExperiment } from "./run.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-scenarios-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("the best possible AUC of both tasks stands in the result, above every model", async () => {
  const experiment = experimentSchema.parse({
    name: "test",
    data: {
      kind: "scenarios",
      scenarios: {
        a: { rows: 2500 },
        b: { rows: 2500 },
        c: { rows: 2500, tasks: ["click"] },
      },
      scenarioFeature: true,
      ids: { fields: 2, values: 60 },
    },
    split: { kind: "random", valid: 0.1, test: 0.6 },
    model: { kind: "mmoe", width: 2, experts: 2, expertHidden: [8], towerHidden: [4] },
    methods: ["local", "centralised", "fedavg"],
    federation: { rounds: 3, shared: ["id0", "scenario"] },
    training: { batchSize: 128, optimiser: { kind: "adam", learningRate: 0.01 } },
    evaluation: { metrics: ["auc:click", "auc:sale"], bootstrap: 100 },
    seeds: [1],
  });
  const outcome = await runExperiment(experiment, {
    experimentDirectory: folder,
    directory: join(folder, "run"),
    threads: 1,
    signal: new AbortController().signal,
    now: () => new Date(),
    onEvent: () => {},
  });
  if (outcome.kind !== "done") throw new Error("stopped");
  const { methods } = outcome.result;
  const best = methods["best-possible"]!;
  // Of clicks about .89 with these ids, of sales about .92.
  for (const [metric, level] of [
    ["auc:click", 0.89],
    ["auc:sale", 0.92],
  ] as const) {
    expect(Math.abs(best.clients["a"]![metric]!.mean - level), metric).toBeLessThan(0.03);
    for (const [name, { clients }] of Object.entries(methods))
      for (const [client, measured] of Object.entries(clients)) {
        if (name === "best-possible" || measured[metric] === undefined) continue;
        expect(measured[metric].mean, `${name} ${client}`).toBeLessThan(
          best.clients[client]![metric]!.mean,
        );
      }
  }
  // What nobody knows, nobody measures.
  expect(best.clients["c"]!["auc:sale"]).toBeUndefined();
});
