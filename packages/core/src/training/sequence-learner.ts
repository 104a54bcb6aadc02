import {
  ascending,
  FIRST_VALUE_ROW,
  HISTORY,
  poolItems,
  sequenceWindows,
  type Histories,
  type TrainingData,
} from "../data/index.ts";
import { AtollError } from "../errors/index.ts";
import type { Model, SequenceObjective } from "../models/index.ts";
import { shuffle, streamOf, uniform, uniformBelow, type RandomStream } from "../random/index.ts";
import { diverged, type EpochOptions, type Learner } from "./learner.ts";
import type { LearnerOptions } from "./row-learner.ts";
import { createSequenceStep, type SequenceStep } from "./sequence-step.ts";
import { statisticsPass } from "./statistics.ts";

type SequenceModel = Model & { readonly sequence: SequenceObjective };

/** Whether a model reads histories, so that one serves all of its candidates. */
export function readsHistories(model: Model): model is SequenceModel {
  return model.sequence?.history === HISTORY;
}

/** Whether a model learns from whole sequences: it can, and rows are positives with a history. */
export function learnsFromSequences(model: Model, data: TrainingData): model is SequenceModel {
  const hasHistories = data.train.rows.histories !== undefined;
  return data.negatives !== undefined && hasHistories && readsHistories(model);
}

/**
 * Learns from whole training sequences: every item of a user but the first is predicted once a pass, from
 * those before it (or, hidden, from those around it), in windows of the history's length. A batch holds as
 * many windows as make up `batchSize` positions. Items that it compares with are those of the party's own
 * clients, where each position has its own of the user's client: with a vocabulary that clients agreed on,
 * or a pooled one, there are others.
 */
export async function createSequenceLearner(
  options: LearnerOptions,
  objective: SequenceObjective,
): Promise<Learner> {
  const { model, data, config, executor, learned, party } = options;
  const histories = data.train.rows.histories!;
  const { length } = histories;
  const pools = poolItems(data);
  const items = ascending(pools.flatMap(({ rows }) => [...rows]));
  const itemsOfUser = pools.flatMap(({ rows, numUsers }) => Array<Int32Array>(numUsers).fill(rows));
  const numItems = items.length;
  if (numItems === 0)
    throw new AtollError(
      "TRAINING_NO_SEQUENCES",
      `client "${party}": model "${model.kind}" predicts items, but every item is in fewer training rows than data.vocabulary.minCount says; lower it`,
    );
  const { loss } = config;
  const numOthers =
    loss.kind === "full-softmax"
      ? numItems
      : loss.kind === "sampled-softmax"
        ? Math.min(loss.samples, numItems)
        : 0;
  const next = objective.target === "next";
  const windows = sequenceWindows(histories, {
    size: next ? length + 1 : length,
    overlap: next ? 1 : 0,
    least: 2,
  });
  const numWindows = windows.starts.length;
  if (numWindows === 0)
    throw new AtollError(
      "TRAINING_NO_SEQUENCES",
      `client "${party}": model "${model.kind}" learns from sequences, but no user has two training items; give more rows, or another model`,
    );
  const step = await createSequenceStep({
    model: model as SequenceModel,
    config,
    executor,
    learned,
    sizes: { batch: Math.max(1, Math.round(config.batchSize / length)), length },
    loss: { kind: loss.kind, numOthers, ...(loss.kind === "focal" && { gamma: loss.gamma }) },
  });
  const { batch: batchSize } = step;
  const order = Int32Array.from({ length: numWindows }, (_, w) => w);
  const statistics = statisticsPass(learned.state, step.nextState);

  /** Fills the step with every batch in turn, and hands on how much of the pass it ends. */
  const pass = async (
    { stream, signal }: Pick<EpochOptions, "stream" | "signal">,
    masks: RandomStream | undefined,
    work: (share: number) => Promise<void>,
  ) => {
    for (let start = 0; start < numWindows; start += batchSize) {
      signal?.throwIfAborted();
      step.clear();
      const inBatch = Math.min(batchSize, numWindows - start);
      for (let b = 0; b < inBatch; b++) {
        const w = order[start + b]!;
        const from = windows.starts[w]!;
        const to = windows.ends[w]!;
        if (next) fillNext(step, histories, b, from, to);
        else fillCloze(step, histories, b, from, to, objective.hidden ?? 0.2, stream);
      }
      // Items that are all out of vocabulary leave nothing to learn, and no mean to take.
      if (step.numTargets() === 0) continue;
      const drawOther = (b: number) => {
        const user = windows.users[order[start + b]!]!;
        return outside(histories, user, itemsOfUser[user]!, stream);
      };
      drawOthers(step, loss.kind, inBatch, items, drawOther, stream);
      step.prepare(masks);
      await work(Math.min(1, (start + batchSize) / numWindows));
    }
  };
  const reorder = (stream: RandomStream) => {
    order.forEach((_, i) => (order[i] = i));
    shuffle(stream, order);
  };

  return {
    memories: step.memories,
    close: step.close,
    epoch: async (options) => {
      const { stream, onProgress } = options;
      step.follow(options);
      reorder(stream);
      const masks = streamOf(stream.next(), "dropout");
      let lossSum = 0;
      let numTargets = 0;
      await pass(options, masks, async (share) => {
        const value = await step.run();
        if (!Number.isFinite(value)) throw diverged(party, value, numTargets);
        lossSum += value * step.numTargets();
        numTargets += step.numTargets();
        onProgress?.(share);
      });
      return numTargets === 0 ? 0 : lossSum / numTargets;
    },
    refreshStatistics: (options) =>
      statistics.take(async (add) => {
        reorder(options.stream);
        let numTargets = 0;
        await pass(options, undefined, async () => {
          const value = await step.observe();
          if (!Number.isFinite(value)) throw diverged(party, value, numTargets);
          numTargets += step.numTargets();
          add(step.weight);
        });
      }),
  };
}

/** Inputs are the window but its last item, targets the window but its first; padding stands at the start. */
function fillNext(
  { inputs, targets, counts, length }: SequenceStep,
  { items }: Histories,
  b: number,
  from: number,
  to: number,
): void {
  const at = (b + 1) * length - (to - from - 1);
  for (let i = from; i < to - 1; i++) {
    const position = at + i - from;
    inputs[position] = items[i]!;
    targets[position] = items[i + 1]!;
    // What is out of vocabulary is no item that could be recommended.
    counts[position] = items[i + 1]! >= FIRST_VALUE_ROW ? 1 : 0;
  }
}

/** Every item is hidden with the given probability, and one at least; hidden positions are the targets. */
function fillCloze(
  { inputs, targets, counts, masked, length }: SequenceStep,
  { items }: Histories,
  b: number,
  from: number,
  to: number,
  hidden: number,
  random: RandomStream,
): void {
  const at = (b + 1) * length - (to - from);
  const certain = from + uniformBelow(random, to - from);
  for (let i = from; i < to; i++) {
    const position = at + i - from;
    inputs[position] = items[i]!;
    if (i !== certain && uniform(random) >= hidden) continue;
    masked[position] = 1;
    targets[position] = items[i]!;
    counts[position] = items[i]! >= FIRST_VALUE_ROW ? 1 : 0;
  }
}

function drawOthers(
  { others, counts, length }: SequenceStep,
  kind: string,
  inBatch: number,
  items: Int32Array,
  drawOther: (b: number) => number,
  random: RandomStream,
): void {
  if (kind === "full-softmax") {
    others.set(items);
    return;
  }
  if (kind === "sampled-softmax") {
    for (let k = 0; k < others.length; k++) others[k] = items[uniformBelow(random, items.length)]!;
    return;
  }
  for (let b = 0; b < inBatch; b++)
    for (let i = 0; i < length; i++)
      others[b * length + i] = counts[b * length + i] === 1 ? drawOther(b) : 0;
}

/** How often an item that the user knows is drawn again, before it is taken as it is. */
const MOST_DRAWS = 100;

/** One of the items of the user's client that is not in the user's training sequence, uniformly. */
function outside(
  { items, userStarts, userEnds }: Histories,
  user: number,
  offered: Int32Array,
  random: RandomStream,
): number {
  for (let draw = 0; ; draw++) {
    const item = offered[uniformBelow(random, offered.length)]!;
    let known = false;
    for (let i = userStarts[user]!; i < userEnds[user]! && !known; i++) known = items[i] === item;
    if (!known || draw === MOST_DRAWS) return item;
  }
}
