import {
  groupOf,
  numTrainingRows,
  tasksOf,
  trainingBatches,
  type Batch,
  type TrainingData,
} from "../data/index.ts";
import { AtollError } from "../errors/index.ts";
import { isGrouped, type Model } from "../models/index.ts";
import { streamOf, type RandomStream } from "../random/index.ts";
import type { Executor } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { diverged, type EpochOptions, type Learner } from "./learner.ts";
import type { Learned } from "./learned.ts";
import { statisticsPass } from "./statistics.ts";
import { createTrainStep, type StepOptions } from "./step.ts";

export interface LearnerOptions {
  readonly model: Model;
  readonly data: TrainingData;
  readonly config: TrainingConfig;
  readonly executor: Executor;
  readonly learned: Learned;
  /** For messages. */
  readonly party: string;
}

/** Learns from rows: every training row once a pass, with its fresh negatives. */
export async function createRowLearner(options: LearnerOptions): Promise<Learner> {
  const { model, data, config, executor, learned, party } = options;
  const { schema } = data;
  const grouped = isGrouped(config.loss);
  const group = groupOf(data);
  if (config.loss.kind === "full-softmax" || (grouped && group === 1))
    throw new AtollError(
      "TRAINING_LOSS",
      config.loss.kind === "full-softmax"
        ? `client "${party}": loss full-softmax predicts a sequence's next item, but model "${model.kind}" learns from rows here; choose sampled-softmax, or sasrec, gru4rec or bert4rec on implicit feedback with data.columns.history`
        : `client "${party}": loss ${config.loss.kind} compares positives with their sampled negatives, but rows carry labels here; choose bce or focal, or set data.feedback to implicit`,
    );
  // Groups stay whole: a batch holds as many as fit.
  const batchSize = grouped
    ? Math.max(1, Math.floor(config.batchSize / group)) * group
    : config.batchSize;
  const step = await createTrainStep({
    model,
    schema,
    config: { ...config, batchSize },
    executor,
    learned,
    loss: {
      loss: config.loss,
      taskWeights: tasksOf(schema).map((task) => config.taskWeights[task] ?? 1),
      group,
    },
  });
  const rowsOfPass = numTrainingRows(data);
  const weighted = data.train.weight !== undefined;
  const hasMasks = (model.dropout ?? []).length > 0;
  const statistics = statisticsPass(learned.state, step.nextState);

  /** Hands on every batch, prepared; the next one is made ready when `meanwhile` is called. */
  const pass = async (
    { stream, signal }: Pick<EpochOptions, "stream" | "signal">,
    masks: RandomStream | undefined,
    work: (batch: Batch, options: StepOptions) => Promise<void>,
  ) => {
    const batches = trainingBatches(data, { buffers: step.batches, random: stream, grouped });
    let next = batches.next();
    if (!next.done) step.prepare(next.value, masks);
    const meanwhile = () => {
      next = batches.next();
      if (!next.done) step.prepare(next.value, masks);
    };
    const stepOptions = { meanwhile };
    while (!next.done) {
      signal?.throwIfAborted();
      const batch = next.value;
      // A batch whose rows count nothing teaches nothing, and has no mean loss.
      if (weighted && batch.weight.every((weight) => weight === 0)) meanwhile();
      else await work(batch, stepOptions);
    }
  };

  return {
    memories: step.memories,
    close: step.close,
    epoch: async (options) => {
      const { stream, onProgress } = options;
      step.follow(options);
      // Masks have a stream of their own: a model without them sees the batches it always saw.
      const masks = hasMasks ? streamOf(stream.next(), "dropout") : stream;
      let lossSum = 0;
      let numRows = 0;
      await pass(options, masks, async (batch, stepOptions) => {
        const loss = await step.run(batch, stepOptions);
        if (!Number.isFinite(loss)) throw diverged(party, loss, numRows);
        lossSum += loss * batch.numRows;
        numRows += batch.numRows;
        onProgress?.(numRows / rowsOfPass);
      });
      return numRows === 0 ? 0 : lossSum / numRows;
    },
    refreshStatistics: (options) =>
      statistics.take(async (add) => {
        let numRows = 0;
        await pass(options, undefined, async (batch, stepOptions) => {
          const loss = await step.observe(batch, stepOptions);
          if (!Number.isFinite(loss)) throw diverged(party, loss, numRows);
          numRows += batch.numRows;
          add(batch.weight);
        });
      }),
  };
}
