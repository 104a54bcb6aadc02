import { numColumnsOf, tasksOf, type Batch, type FeatureSchema } from "@atoll/core/data";
import { buildModel, modelConfig } from "@atoll/core/models";
import { shuffle, streamOf } from "@atoll/core/random";
import {
  createLearned,
  createPredictStep,
  createTrainStep,
  trainingConfig,
} from "@atoll/core/training";
import { onnxExecutor } from "../executor/index.ts";

/** Encoded rows of a world, row-major. */
export interface WorldRows {
  readonly numRows: number;
  /** [numRows * columns] */
  readonly categorical: Int32Array;
  /** [numRows * numeric features] */
  readonly numeric: Float32Array;
  /** [numRows * tasks]: 0, 1, or -1 where it is not known. */
  readonly label: Float32Array;
}

/** Rows to learn from and to be measured on. */
export interface World {
  readonly schema: FeatureSchema;
  readonly train: WorldRows;
  readonly test: WorldRows;
}

export interface FitOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Of dense parameters and tables. Default: 0. */
  readonly weightDecay?: number;
}

export interface Fitted {
  /** By task, on the test rows that know it. */
  readonly auc: readonly number[];
  readonly logloss: readonly number[];
}

/** Trains a model on a world with Adam and measures it on the world's test rows. */
export async function fit(config: unknown, world: World, options: FitOptions): Promise<Fitted> {
  const { schema, train, test } = world;
  const { epochs, batchSize, learningRate, seed, weightDecay = 0 } = options;
  const model = buildModel(modelConfig.parse(config), schema);
  const learned = createLearned(model, schema, { seed, party: "world" });
  const executor = onnxExecutor({ intraOpThreads: 1 });
  const numTasks = tasksOf(schema).length;
  const taskWeights = Array.from({ length: numTasks }, () => 1);
  const step = await createTrainStep({
    model,
    schema,
    learned,
    executor,
    config: trainingConfig.parse({
      batchSize,
      optimiser: { kind: "adam", learningRate, weightDecay },
    }),
    loss: { loss: { kind: "bce" }, taskWeights, group: 1 },
  });
  const fill = filler(schema);
  const random = streamOf(seed, "order");
  const order = Int32Array.from({ length: train.numRows }, (_, row) => row);
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffle(random, order);
    for (let start = 0, t = 0; start < order.length; start += batchSize, t++) {
      const batch = step.batches[t % 2]!;
      fill(train, order.subarray(start, start + batchSize), batch);
      step.prepare(batch, random);
      await step.run(batch, {});
    }
  }
  await step.close();

  const predict = await createPredictStep({ model, schema, batchSize, executor, learned });
  const logits = new Float32Array(test.numRows * numTasks);
  const all = Int32Array.from({ length: test.numRows }, (_, row) => row);
  for (let start = 0; start < all.length; start += batchSize) {
    const rows = all.subarray(start, start + batchSize);
    fill(test, rows, predict.batch);
    await predict.run();
    logits.set(predict.logits.subarray(0, rows.length * numTasks), start * numTasks);
  }
  await predict.close();
  const measured = Array.from({ length: numTasks }, (_, t) =>
    measureTask(logits, test, t, numTasks),
  );
  return {
    auc: measured.map(({ auc }) => auc),
    logloss: measured.map(({ logloss }) => logloss),
  };
}

function filler(schema: FeatureSchema) {
  const widths = { categorical: numColumnsOf(schema), numeric: schema.numeric.length };
  const T = tasksOf(schema).length;
  return (from: WorldRows, rows: Int32Array, batch: Batch) => {
    batch.numRows = rows.length;
    batch.categorical.fill(0);
    batch.numeric.fill(0);
    batch.label.fill(0);
    batch.weight.fill(0).fill(1, 0, rows.length);
    // Rows are narrow: a window onto each would cost more than its few numbers.
    const copy = <A extends Int32Array | Float32Array>(source: A, target: A, width: number) => {
      let to = 0;
      for (const row of rows)
        for (let from = row * width; from < (row + 1) * width; from++) target[to++] = source[from]!;
    };
    copy(from.categorical, batch.categorical, widths.categorical);
    copy(from.numeric, batch.numeric, widths.numeric);
    copy(from.label, batch.label, T);
  };
}

/** AUC by counting ranks (ties by halves), and mean cross-entropy, over the rows that know the label. */
function measureTask(logits: Float32Array, { label, numRows }: WorldRows, t: number, T: number) {
  const rows = Array.from({ length: numRows }, (_, row) => ({
    z: logits[row * T + t]!,
    y: label[row * T + t]!,
  })).filter(({ y }) => y >= 0);
  rows.sort((a, b) => a.z - b.z);
  let [rankSum, positives, loss] = [0, 0, 0];
  for (let i = 0; i < rows.length;) {
    let end = i;
    while (end < rows.length && rows[end]!.z === rows[i]!.z) end++;
    for (let k = i; k < end; k++)
      if (rows[k]!.y === 1) {
        rankSum += (i + 1 + end) / 2;
        positives++;
      }
    i = end;
  }
  for (const { z, y } of rows) loss += Math.log1p(Math.exp(y === 1 ? -z : z));
  const negatives = rows.length - positives;
  return {
    auc: (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives),
    logloss: loss / rows.length,
  };
}
