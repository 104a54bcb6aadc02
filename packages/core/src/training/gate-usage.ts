import { createBatch, evaluationBatches, type EvaluationExamples } from "../data/index.ts";
import type { FeatureSchema } from "../data/schema.ts";
import { createLookup, gather, lookUp } from "../embedding/index.ts";
import { gatesProgram, type Model } from "../models/index.ts";
import type { Executor } from "../tensor/index.ts";
import { indexReader } from "./indices.ts";
import type { Learned } from "./learned.ts";
import { inputsOf } from "./step.ts";

/** How the gates of a mixture of experts share its tasks out. */
export interface GateUsage {
  /**
   * Each expert's share in what each task's tower reads, a mean over the examples: [tasks * experts], one
   * task after the other; undefined of a model without gates. Examples without rows have no mean: NaN.
   */
  readonly of: (examples: EvaluationExamples) => Promise<Float64Array | undefined>;
  readonly close: () => Promise<void>;
}

interface GateUsageParts {
  readonly model: Model;
  readonly schema: FeatureSchema;
  readonly batchSize: number;
  readonly executor: Executor;
  readonly learned: Learned;
}

/** Compiles nothing until it is asked. */
export function createGateUsage(parts: GateUsageParts): GateUsage {
  let step: Promise<GateStep | undefined> | undefined;
  return {
    of: async (examples) => {
      const loaded = await (step ??= createGateStep(parts));
      return loaded?.mean(examples);
    },
    close: async () => (await step)?.close(),
  };
}

interface GateStep {
  readonly mean: (examples: EvaluationExamples) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

async function createGateStep(parts: GateUsageParts): Promise<GateStep | undefined> {
  const { model, schema, batchSize, executor, learned } = parts;
  const { arena, layout, stateLayout, tables } = learned;
  const program = gatesProgram(model, layout, stateLayout, schema, batchSize);
  if (program === undefined) return undefined;
  const loaded = await executor.load(program);
  const numShares = program.outputs[0]!.shape[1]!;
  const gates = arena.float32(batchSize * numShares);
  const batch = createBatch(schema, batchSize, arena);
  const lookups = tables.map((table) => createLookup(table, batchSize * table.numEntries));
  const vectors = lookups.map(({ rows, table }) => arena.float32(rows.length * table.width));
  const indexed = indexReader(model, schema, arena);
  const indices = indexed.buffers(batchSize);
  const bound = loaded.bind(inputsOf(program, learned, batch, vectors, indices, 1), { gates });
  return {
    mean: async (examples) => {
      const sums = new Float64Array(numShares);
      for (const { numRows } of evaluationBatches(examples, schema, batch)) {
        indexed.read(batch, indices);
        for (let i = 0; i < lookups.length; i++) {
          lookUp(lookups[i]!, batch.categorical, batchSize);
          gather(lookups[i]!, vectors[i]!);
        }
        await bound.run();
        for (let i = 0; i < numRows * numShares; i++) sums[i % numShares]! += gates[i]!;
      }
      return sums.map((sum) => sum / examples.numRows);
    },
    close: () => loaded.release(),
  };
}
