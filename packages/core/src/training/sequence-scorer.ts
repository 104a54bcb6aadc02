import { rowsOfFeature, type EvaluationExamples, type FeatureSchema } from "../data/index.ts";
import { createLookup, featureOf, featureView, gather, lookUpValues } from "../embedding/index.ts";
import { lastStateProgram, type Model, type SequenceObjective } from "../models/index.ts";
import { windows, type Executor } from "../tensor/index.ts";
import type { Learned } from "./learned.ts";

/** Scores candidates of one history all at once. */
export interface SequenceScorer {
  /** Log-odds of the examples, [numRows]. */
  readonly logits: (examples: EvaluationExamples, schema: FeatureSchema) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

interface ScorerParts {
  readonly model: Model & { readonly sequence: SequenceObjective };
  readonly executor: Executor;
  readonly learned: Learned;
  /** Histories of a run, and positions of each. */
  readonly batch: number;
  readonly length: number;
}

/**
 * A history is read once for all the candidates that follow it: the state it leads to, then a product with
 * each candidate's vector. Scoring rows one by one would read a history of fifty for every candidate.
 */
export async function createSequenceScorer(parts: ScorerParts): Promise<SequenceScorer> {
  const { model, executor, learned, batch, length } = parts;
  const { arena, layout, stateLayout, parameters, state, tables } = learned;
  const { sequence } = model;
  const table = tables.find(({ name }) => name === sequence.embedding)!;
  const biases = tables.find(({ name }) => name === sequence.bias);
  const { width } = table;
  const program = await executor.load(
    lastStateProgram(model, layout, stateLayout, { batch, length, width }),
  );
  const values = arena.int32(batch * length);
  const present = arena.float32(batch * length);
  const items = arena.float32(batch * length * width);
  const last = arena.float32(batch * width);
  const lookup = createLookup(table, batch * length);
  const bound = program.bind(
    {
      ...windows(layout, parameters, "parameter"),
      ...windows(stateLayout, state, "state"),
      items,
      present,
    },
    { last },
  );
  return {
    close: () => program.release(),
    logits: async (examples, schema) => {
      const { numRows, at, rows } = examples;
      const { items: past, starts, ends } = rows.histories!;
      const itemOf = rowsOfFeature(examples, schema, "item");
      const vectors = featureView(table, "item");
      const bias = biases && featureView(biases, "item");
      const logits = new Float64Array(numRows);
      for (let start = 0; start < numRows;) {
        // As many histories as fit: neighbours of one row share theirs.
        values.fill(0);
        let end = start;
        let histories = 0;
        const historyOf: number[] = [];
        while (end < numRows) {
          if (end === start || at[end] !== at[end - 1]) {
            if (histories === batch) break;
            const row = at[end]!;
            const to = ends[row]!;
            const from = Math.max(starts[row]!, to - length);
            values.set(past.subarray(from, to), (histories + 1) * length - (to - from));
            histories += 1;
          }
          historyOf.push(histories - 1);
          end += 1;
        }
        for (let i = 0; i < values.length; i++) present[i] = values[i] === 0 ? 0 : 1;
        lookUpValues(lookup, featureOf(table, "item"), values, values.length);
        gather(lookup, items);
        await bound.run();
        for (let i = start; i < end; i++) {
          const from = historyOf[i - start]! * width;
          const vector = itemOf[i]! * width;
          let sum = bias === undefined ? 0 : bias[itemOf[i]!]!;
          for (let k = 0; k < width; k++) sum += last[from + k]! * vectors[vector + k]!;
          logits[i] = sum;
        }
        start = end;
      }
      return logits;
    },
  };
}
