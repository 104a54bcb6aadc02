import { createBatch, type Batch } from "../../data/index.ts";
import type { FeatureSchema } from "../../data/schema.ts";
import { createLookup, gather, lookUp } from "../../embedding/index.ts";
import { clippedProgram, type LossOptions, type Model } from "../../models/index.ts";
import type { RandomBits } from "../../random/index.ts";
import { windows, type Executor } from "../../tensor/index.ts";
import { indexReader } from "../indices.ts";
import type { Learned } from "../learned.ts";
import { drawMask, given, inputsOf, merged } from "../step.ts";
import { slotWriter } from "./slots.ts";

/** Clipped gradients of batches of units in fixed buffers. */
export interface ClippedStep {
  /** To be filled in turn: one is made ready while the other runs. */
  readonly batches: readonly [Batch, Batch];
  /** Finds the table rows of a batch that was just filled, and draws its dropout masks. */
  readonly prepare: (batch: Batch, masks: RandomBits | undefined) => void;
  /** Runs a prepared batch; `meanwhile` is called once it runs. Gives the sum of the units' losses. */
  readonly run: (batch: Batch, meanwhile: () => void) => Promise<number>;
  /** [units * groups]: squared norms of each unit's gradient, by group, of the last run. */
  readonly squares: Float32Array;
  /** [1], to be set before a run: the norm to which each group of entries is clipped. */
  readonly bound: Float32Array;
  /** [layout.size]: the clipped sum of the last run. */
  readonly dense: Float32Array;
  /** By table: the gradient of every entry of the last batch, clipped, and the rows that it read. */
  readonly tables: (batch: Batch) => readonly EntryGradients[];
  readonly close: () => Promise<void>;
}

export interface EntryGradients {
  /** [entries * width] */
  readonly gradient: Float32Array;
  /** [entries]: table rows. */
  readonly rows: Int32Array;
}

export interface ClippedStepOptions {
  readonly model: Model;
  readonly schema: FeatureSchema;
  readonly executor: Executor;
  readonly learned: Learned;
  readonly loss: Pick<LossOptions, "loss" | "taskWeights">;
  readonly units: number;
  readonly rowsPerUnit: number;
  readonly clipping: "flat" | "per-layer";
}

export async function createClippedStep(options: ClippedStepOptions): Promise<ClippedStep> {
  const { model, schema, executor, learned, loss, units, rowsPerUnit, clipping } = options;
  const { arena, layout, tables } = learned;
  const batchSize = units * rowsPerUnit;
  const program = await executor.load(
    clippedProgram(model, { layout, schema, units, rowsPerUnit, loss, clipping }),
  );
  const indexed = indexReader(model, schema, arena);
  const sizes = tables.map((table) => batchSize * table.numEntries * table.width);
  const vectors = sizes.map((size) => arena.float32(size));
  const gradients = sizes.map((size) => arena.float32(size));
  const squares = arena.float32(units * (layout.views.length + tables.length));
  const bound = arena.float32(1);
  const dense = arena.float32(layout.size);
  const lossSum = arena.float32(1);
  const writers = tables.map((table) => slotWriter(table, rowsPerUnit));
  const outputs = {
    loss: lossSum,
    squares,
    ...windows(layout, dense, "gradient:parameter"),
    ...Object.fromEntries(
      tables.map(({ name }, i) => [`gradient:embedding:${name}`, gradients[i]!]),
    ),
  };
  const batches = [
    createBatch(schema, batchSize, arena),
    createBatch(schema, batchSize, arena),
  ] as const;
  const prepared = new Map(
    batches.map((batch) => {
      const masks = (model.dropout ?? []).map((spec) => ({
        ...spec,
        values: arena.float32(batchSize * spec.size),
      }));
      const indices = indexed.buffers(batchSize);
      const lookups = tables.map((table) => createLookup(table, batchSize * table.numEntries));
      const slots = lookups.map(({ rows }) => arena.float32(rows.length));
      const inputs = given(program.program.inputs, {
        ...inputsOf(program.program, learned, batch, vectors, indices, 1),
        ...merged(masks.map(({ name, values }) => ({ [`dropout:${name}`]: values }))),
        ...merged(tables.map(({ name }, i) => ({ [`slot:${name}`]: slots[i]! }))),
        bound,
      });
      const entries = lookups.map(({ rows }, i) => ({ gradient: gradients[i]!, rows }));
      return [
        batch,
        { bound: program.bind(inputs, outputs), masks, indices, lookups, slots, entries },
      ];
    }),
  );

  return {
    batches,
    squares,
    bound,
    dense,
    tables: (batch) => prepared.get(batch)!.entries,
    prepare: (batch, bits) => {
      const { indices, lookups, masks, slots } = prepared.get(batch)!;
      indexed.read(batch, indices);
      for (let i = 0; i < lookups.length; i++) {
        lookUp(lookups[i]!, batch.categorical, batchSize);
        writers[i]!(lookups[i]!, slots[i]!);
      }
      for (const { values, rate } of masks) drawMask(arena, values, { rate, random: bits });
    },
    run: async (batch, meanwhile) => {
      const { bound: program, lookups } = prepared.get(batch)!;
      for (let i = 0; i < lookups.length; i++) gather(lookups[i]!, vectors[i]!);
      const running = program.run();
      meanwhile();
      await running;
      return lossSum[0]!;
    },
    close: () => program.release(),
  };
}
