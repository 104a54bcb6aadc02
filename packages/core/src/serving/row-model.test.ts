import { describe, expect, test } from "vitest";
import {
  declaredSchema,
  splitClient,
  syntheticColumns,
  syntheticWorld,
  type RawColumn,
} from "../data/index.ts";
import { configOf, runClickModel } from "../methods/fedmm/channels/click-model.fixture.ts";
import { readKeptModel, type KeptModel } from "../methods/index.ts";
import { evaluateStage } from "../methods/stages/evaluate.ts";
import { trainStage } from "../methods/stages/train.ts";
import {
  emptyContext,
  marketsOf,
  runInMarkets,
  scenarioSettings,
  scenariosOf,
  settingsOf,
} from "../methods/two-markets.fixture.ts";
import { modelConfig } from "../models/index.ts";
import { trainingConfig } from "../training/index.ts";
import { jaxExecutor } from "../tensor/index.ts";
import { rowsOf } from "./rows-of.fixture.ts";
import { createRowModel, type NewRows } from "./row-model.ts";

async function scored(kept: KeptModel, client: string, rows: NewRows) {
  const model = await createRowModel(kept, { client, executor: jaxExecutor() });
  const scores = await model.score(rows);
  await model.close();
  return scores;
}

describe("a kept model scores test rows as the evaluation did, to the last bit", () => {
  const training = trainingConfig.parse({
    batchSize: 64,
    optimiser: { kind: "adam", learningRate: 0.02 },
    select: "best",
    patience: 3,
  });

  test.each([
    ["explicit labels, the best state", "explicit", settingsOf({ training })],
    ["candidates of implicit feedback", "implicit", settingsOf({ training, selectBy: "ndcg@5" })],
    [
      "running statistics",
      "explicit",
      settingsOf({
        model: modelConfig.parse({ kind: "deepfm", width: 3, hidden: [4], batchNorm: true }),
      }),
    ],
  ] as const)("%s", async (_, feedback, settings) => {
    const splits = marketsOf(feedback);
    const contexts = splits.map(emptyContext);
    const metrics = feedback === "implicit" ? ["ndcg@5"] : ["auc"];
    const stages = () => [
      trainStage({ ...settings, metrics }, { kind: "alone" }),
      evaluateStage({ ...settings, metrics }),
    ];
    const { scores } = await runInMarkets(stages, contexts);
    for (const [c, { memory, store, name }] of contexts.entries()) {
      const kept = (await readKeptModel(store, name))!;
      const rows = rowsOf(splits[c]!, memory.data!.parts[0]!.test.examples());
      expect([...(await scored(kept, name, rows))]).toEqual([...scores[c]!]);
    }
  });

  test("pooled: each client's own best state", async () => {
    const splits = marketsOf("explicit");
    const [context] = splits.map(emptyContext);
    const pooled = { ...context!, name: "centralised", splits };
    const settings = settingsOf({
      training,
      federation: { ...settingsOf().federation, rounds: 4 },
    });
    const stages = () => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)];
    const { scores } = await runInMarkets(stages, [pooled]);
    let offset = 0;
    for (const [c, split] of splits.entries()) {
      const kept = (await readKeptModel(pooled.store, split.client))!;
      const examples = pooled.memory.data!.parts[c]!.test.examples();
      // Pooled rows lie one client after another.
      const own = { ...examples, at: examples.at.map((row) => row - offset) };
      offset += split.label.length;
      const rows = rowsOf(split, own);
      expect([...(await scored(kept, split.client, rows))]).toEqual([...scores[c]!]);
    }
  });

  test.each(["sasrec", "din"] as const)("histories, as new rows tell them: %s", async (kind) => {
    const [world] = syntheticWorld({
      kind: "synthetic",
      feedback: "implicit",
      markets: { a: { rows: 300 } },
      sharedTaste: 0.8,
      worldSeed: 1,
    });
    const { label: _label, ...roles } = syntheticColumns;
    const columns = { ...roles, history: { length: 4 } };
    const split = splitClient(
      world!.table,
      {
        client: "a",
        columns,
        feedback: "implicit",
        split: { kind: "leave-one-out" },
        negatives: { training: { ratio: 2 }, evaluation: { count: 5 } },
      },
      1,
    );
    const settings = settingsOf({
      model: modelConfig.parse({ kind, width: 4 }),
      federation: { ...settingsOf().federation, rounds: 1 },
      selectBy: "ndcg@5",
      metrics: ["ndcg@5"],
      features: declaredSchema(columns),
    });
    const context = emptyContext(split);
    const stages = () => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)];
    const { scores } = await runInMarkets(stages, [context]);
    const kept = (await readKeptModel(context.store, "a"))!;
    const examples = context.memory.data!.parts[0]!.test.examples();
    const { items, starts, ends } = examples.rows.histories!;
    const values = kept.encoder.vocabularies["item"]!;
    const texts = Array.from(examples.at, (row, i) => {
      const own = [...items.subarray(starts[row], ends[row])].map((r) => values[r - 2] ?? "new");
      return i % 2 === 0 ? own.join("|") : `["${own.join('", "')}"]`;
    });
    expect(texts.some((text) => text.split("|").length > 4)).toBe(true);
    const history: RawColumn = {
      kind: "text",
      codes: Int32Array.from(texts, (_text, i) => i),
      values: texts,
    };
    const rows = { ...rowsOf(split, examples), history };
    expect([...(await scored(kept, "a", rows))]).toEqual([...scores[0]!]);
  });

  test("several tasks, a hashed feature", async () => {
    const splits = scenariosOf();
    const contexts = splits.map(emptyContext);
    const settings = scenarioSettings();
    const stages = () => [trainStage(settings, { kind: "alone" }), evaluateStage(settings)];
    const { scores } = await runInMarkets(stages, contexts);
    for (const [c, { memory, store, name }] of contexts.entries()) {
      const kept = (await readKeptModel(store, name))!;
      expect(kept.schema.tasks).toEqual(["click", "sale"]);
      const rows = rowsOf(splits[c]!, memory.data!.parts[0]!.test.examples());
      expect([...(await scored(kept, name, rows))]).toEqual([...scores[c]!]);
    }
  });

  test.each([
    ["codes, scores and a head", { head: "local", scores: { folds: 3 } }],
    ["a head alone", { codes: false, head: "local" }],
    ["scores alone, of one model", { codes: false, scores: { folds: 1 } }],
    ["scores of held-out rows by one model", { scores: { folds: 3, heldOut: "full" } }],
  ] as const)("FedMM: %s", async (_, channels) => {
    const { contexts, scores } = await runClickModel({ config: configOf(channels) });
    for (const [c, { memory, store, name, splits }] of contexts.entries()) {
      const kept = (await readKeptModel(store, name))!;
      const rows = rowsOf(splits[0]!, memory.data!.parts[0]!.test.examples());
      expect([...(await scored(kept, name, rows))]).toEqual([...scores[c]!]);
    }
  });
});
