import {
  createLookup,
  distinguish,
  featureOf,
  gather,
  lookUpValues,
  makeTableOptimiser,
  sumByRow,
} from "../embedding/index.ts";
import {
  hasOwnOthers,
  sequenceProgram,
  type Model,
  type SequenceLoss,
  type SequenceObjective,
} from "../models/index.ts";
import type { RandomStream } from "../random/index.ts";
import { windows, type Executor } from "../tensor/index.ts";
import type { TrainingConfig } from "./config.ts";
import { createDenseUpdate, type PassTerms } from "./dense-update.ts";
import type { Learned } from "./learned.ts";
import type { Learner } from "./learner.ts";
import { drawMask, tableOptimiserOf } from "./step.ts";

/** Steps of training on sequences in fixed buffers, all [batch * length] but `others`. */
export interface SequenceStep {
  /** Sequences of a batch. */
  readonly batch: number;
  readonly length: number;
  /** Table rows of the items; 0 is padding. */
  readonly inputs: Int32Array;
  readonly targets: Int32Array;
  /** Table rows of the items that positions' own items are compared with. */
  readonly others: Int32Array;
  /** 1 where a position is learned from. */
  readonly counts: Float32Array;
  /** 1 where the item is hidden. */
  readonly masked: Float32Array;
  /** Empties the buffers. */
  readonly clear: () => void;
  /** Positions of the batch that are learned from. */
  readonly numTargets: () => number;
  /** Finds rows and draws dropout masks, once the buffers are filled; without a stream nothing is dropped. */
  readonly prepare: (random: RandomStream | undefined) => void;
  /** What else moves the dense parameters in the steps that follow; copied. At first nothing. */
  readonly follow: (terms: PassTerms) => void;
  /** One step: forward, backward, update. Gives the loss. */
  readonly run: () => Promise<number>;
  /** The same without the update: nothing is learned. */
  readonly observe: () => Promise<number>;
  /** [batch]: 0 where a sequence has no last item, which batch statistics must not see. */
  readonly weight: Float32Array;
  /** [stateLayout.size]: the running statistics that follow from the last batch. */
  readonly nextState: Float32Array;
  readonly memories: Learner["memories"];
  readonly close: () => Promise<void>;
}

interface SequenceStepParts {
  readonly model: Model & { readonly sequence: SequenceObjective };
  readonly config: TrainingConfig;
  readonly executor: Executor;
  readonly learned: Learned;
  readonly sizes: { readonly batch: number; readonly length: number };
  /** `numOthers` matters where others are shared by all positions. */
  readonly loss: SequenceLoss;
}

export async function createSequenceStep(parts: SequenceStepParts): Promise<SequenceStep> {
  const { model, config, executor, learned, sizes, loss } = parts;
  const { arena, layout, stateLayout, parameters, state, tables } = learned;
  const { batch, length } = sizes;
  const positions = batch * length;
  const numOthers = hasOwnOthers(loss) ? positions : loss.numOthers;
  const tableOf = (name: string) => tables.find((table) => table.name === name)!;
  const items = tableOf(model.sequence.embedding);
  const { width } = items;
  const program = await executor.load(
    sequenceProgram(model, layout, stateLayout, { batch, length, width }, loss),
  );

  const values = arena.int32(2 * positions + numOthers);
  const inputs = values.subarray(0, positions);
  const targets = values.subarray(positions, 2 * positions);
  const others = values.subarray(2 * positions);
  const [counts, masked, present, targetRow] = Array.from({ length: 4 }, () =>
    arena.float32(positions),
  ) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const otherRow = arena.float32(numOthers);
  const weight = arena.float32(batch);

  /** What is read of a table: its entries, their vectors, and their gradient. */
  const readerOf = (name: string, from: number) => {
    const table = tableOf(name);
    const numEntries = values.length - from;
    return {
      table,
      from,
      lookup: createLookup(table, numEntries),
      vectors: arena.float32(numEntries * table.width),
      gradient: arena.float32(numEntries * table.width),
      sums: arena.float32(Math.min(numEntries, table.numRows) * table.width),
    };
  };
  const itemReader = readerOf(model.sequence.embedding, 0);
  const { bias } = model.sequence;
  const biasReader = bias === undefined ? undefined : readerOf(bias, positions);
  const readers = biasReader === undefined ? [itemReader] : [itemReader, biasReader];

  const gradient = arena.float32(layout.size);
  const nextState = arena.float32(stateLayout.size);
  const lossValue = arena.float32(1);
  const masks = (model.dropout ?? []).map((spec) => ({
    ...spec,
    values: arena.float32(batch * spec.size),
  }));
  const stretch = (buffer: Float32Array, from: number, count: number, size: number) =>
    buffer.subarray(from * size, (from + count) * size);
  const entries = (kind: "vectors" | "gradient") => ({
    items: stretch(itemReader[kind], 0, positions, width),
    targets: stretch(itemReader[kind], positions, positions, width),
    others: stretch(itemReader[kind], 2 * positions, numOthers, width),
    ...(biasReader && {
      targetBias: stretch(biasReader[kind], 0, positions, 1),
      otherBias: stretch(biasReader[kind], positions, numOthers, 1),
    }),
  });
  const bound = program.bind(
    {
      ...windows(layout, parameters, "parameter"),
      ...windows(stateLayout, state, "state"),
      ...Object.fromEntries(masks.map((mask) => [`dropout:${mask.name}`, mask.values])),
      ...entries("vectors"),
      weight,
      present,
      masked,
      counts,
      ...(loss.kind === "sampled-softmax" && { targetRow, otherRow }),
    },
    {
      loss: lossValue,
      ...windows(layout, gradient, "gradient:parameter"),
      ...windows(stateLayout, nextState, "next:state"),
      ...Object.fromEntries(
        Object.entries(entries("gradient")).map(([name, buffer]) => [`gradient:${name}`, buffer]),
      ),
    },
  );

  const dense = createDenseUpdate(learned, gradient, config.optimiser);
  const tableOptimiser = makeTableOptimiser(tableOptimiserOf(config));
  const memories = Object.fromEntries(
    tables.map((table) => [table.name, tableOptimiser.init(table)]),
  );

  const observe = async () => {
    for (const { lookup, vectors } of readers) gather(lookup, vectors);
    await bound.run();
    return lossValue[0]!;
  };

  return {
    batch,
    length,
    weight,
    nextState,
    follow: dense.follow,
    observe,
    inputs,
    targets,
    others,
    counts,
    masked,
    clear: () => {
      values.fill(0);
      counts.fill(0);
      masked.fill(0);
    },
    numTargets: () => counts.reduce((sum, count) => sum + count, 0),
    prepare: (random) => {
      for (let i = 0; i < positions; i++) {
        present[i] = inputs[i] === 0 ? 0 : 1;
        targetRow[i] = targets[i]!;
      }
      for (let k = 0; k < numOthers; k++) otherRow[k] = others[k]!;
      for (let b = 0; b < batch; b++) weight[b] = present[(b + 1) * length - 1]!;
      for (const { table, lookup, from } of readers) {
        lookUpValues(lookup, featureOf(table, "item"), values.subarray(from), values.length - from);
        distinguish(lookup);
      }
      for (const mask of masks) drawMask(arena, mask.values, { rate: mask.rate, random });
    },
    run: async () => {
      const value = await observe();
      if (!Number.isFinite(value)) return value;
      dense.step();
      if (!dense.tablesRest())
        for (const reader of readers) {
          const rows = sumByRow(reader.lookup, reader.gradient, reader.sums);
          tableOptimiser.step(reader.table, rows, memories[reader.table.name]!);
        }
      state.set(nextState);
      return value;
    },
    memories: { dense: dense.memory, ...memories },
    close: () => program.release(),
  };
}
