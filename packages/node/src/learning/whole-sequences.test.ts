import { columnsConfig, encode, splitClient, type TrainingData } from "@atoll/core/data";
import { measure } from "@atoll/core/metrics";
import { buildModel, modelConfig } from "@atoll/core/models";
import { streamOf, uniform, uniformBelow } from "@atoll/core/random";
import { createTrainer, trainingConfig } from "@atoll/core/training";
import { describe, expect, test } from "vitest";
import { onnxExecutor } from "../executor/index.ts";

const NUM_USERS = 150;
const NUM_ITEMS = 40;

/** Users that walk: after item i comes 7 i + 3, but for every tenth step, which leads anywhere. */
function walks(seed: number): TrainingData {
  const random = streamOf(seed, "walks");
  const users: number[] = [];
  const items: number[] = [];
  for (let user = 0; user < NUM_USERS; user++) {
    let item = uniformBelow(random, NUM_ITEMS);
    for (let step = 0; step < 12; step++) {
      users.push(user);
      items.push(item);
      item = uniform(random) < 0.1 ? uniformBelow(random, NUM_ITEMS) : (7 * item + 3) % NUM_ITEMS;
    }
  }
  const text = (codes: readonly number[], prefix: string) => ({
    kind: "text" as const,
    codes: Int32Array.from(codes),
    values: Array.from({ length: Math.max(...codes) + 1 }, (_, i) => `${prefix}${i}`),
  });
  const split = splitClient(
    {
      numRows: users.length,
      columns: {
        user: text(users, "u"),
        item: text(items, "i"),
        time: { kind: "number", values: Float64Array.from(users.keys()) },
      },
    },
    {
      client: "walks",
      columns: columnsConfig.parse({
        user: "user",
        item: "item",
        time: "time",
        history: { length: 8 },
      }),
      feedback: "implicit",
      duplicates: "keep",
      split: { kind: "leave-one-out" },
      // Walks come back to items that the user had: candidates may be these as well.
      negatives: { evaluation: { count: 20, exclude: "none" } },
    },
    seed,
  );
  return encode([split], { minCount: 1 }).data;
}

async function ndcgAfter(
  data: TrainingData,
  model: unknown,
  loss: unknown,
  epochs: number,
): Promise<{ ndcg: number; losses: number[] }> {
  const trainer = await createTrainer({
    model: buildModel(modelConfig.parse(model), data.schema),
    data,
    config: trainingConfig.parse({
      batchSize: 256,
      loss,
      optimiser: { kind: "adam", learningRate: 0.005 },
    }),
    executor: onnxExecutor({ intraOpThreads: 1 }),
    seed: 1,
    party: "walks",
  });
  const losses: number[] = [];
  const proximal = { mu: 0, anchor: trainer.parameters.slice() };
  for (let epoch = 0; epoch < epochs; epoch++)
    losses.push(await trainer.epoch({ stream: streamOf(1, "epoch", epoch), proximal }));
  const [part] = data.parts;
  const examples = part!.test.examples();
  const scores = await trainer.score(examples);
  await trainer.close();
  const { "ndcg@1": measured } = measure(
    ["ndcg@1"],
    { examples, scores, numUsers: part!.numUsers },
    { ties: "pessimistic" },
  );
  return { ndcg: (measured as { value: number }).value, losses };
}

describe("models of sequences learn a walk from whole sequences", () => {
  const data = walks(3);
  const size = { width: 32, dropout: 0.1 };
  const sasrec = { kind: "sasrec", layers: 1, heads: 1, ...size };
  // Nine in ten last steps can be known. A model that knows them ranks the item first; chance is 1 in 21.
  test.each([
    { model: sasrec, loss: { kind: "full-softmax" } },
    { model: sasrec, loss: { kind: "sampled-softmax", samples: 20 } },
    { model: sasrec, loss: { kind: "bce" } },
    { model: sasrec, loss: { kind: "bpr" } },
    { model: { kind: "gru4rec", ...size }, loss: { kind: "full-softmax" } },
    {
      model: { kind: "bert4rec", layers: 1, heads: 1, ...size, hiddenShare: 0.3 },
      loss: { kind: "full-softmax" },
    },
  ])("$model.kind with $loss.kind", async ({ model, loss }) => {
    // Few positions are hidden at a time, and one other item for each position says little.
    const slow = model.kind === "bert4rec" || loss.kind === "bce" || loss.kind === "bpr";
    const { ndcg, losses } = await ndcgAfter(data, model, loss, slow ? 50 : 25);
    expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    expect(ndcg).toBeGreaterThan(slow ? 0.35 : 0.7);
  });
});
