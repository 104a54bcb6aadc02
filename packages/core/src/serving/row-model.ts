import {
  columnsOf,
  encodeColumns,
  HISTORY,
  lengthOf,
  tasksOf,
  withCategorical,
  withPairs,
  type AddedCategorical,
  type EncodedColumns,
  type EncodedRows,
  type EvaluationExamples,
  type KnownRows,
  type RawColumn,
  type RawFeatures,
  type TrainingData,
} from "../data/index.ts";
import type { AddedScore, KeptModel } from "../methods/index.ts";
import { factorScore } from "../models/collaborative/index.ts";
import type { Executor } from "../tensor/index.ts";
import { createRowScorer } from "../training/index.ts";
import { givenHistories } from "./histories.ts";
import { restoreKept } from "./restore.ts";
import { countSeen, seenOf, type Seen } from "./seen.ts";

/** New rows of a client: raw features, and the items chosen before where the model reads them. */
export interface NewRows {
  readonly numRows: number;
  readonly features: RawFeatures;
  readonly history?: RawColumn;
}

/** A kept model that scores new rows as the evaluation scored test rows: with the same programs. */
export interface RowModel {
  readonly tasks: readonly string[];
  /** Values of a history, where the model reads one. */
  readonly historyLength: number | undefined;
  /** Probabilities, [numRows * tasks]. */
  readonly score: (rows: NewRows) => Promise<Float64Array>;
  /** Of all rows so far. */
  readonly seen: readonly Seen[];
  readonly close: () => Promise<void>;
}

export async function createRowModel(
  kept: KeptModel,
  { client, executor }: { readonly client: string; readonly executor: Executor },
): Promise<RowModel> {
  const { schema, encoder, batchSize } = kept;
  const { model, learned } = restoreKept(kept, client);
  const history = schema.categorical.find(({ name }) => name === HISTORY);
  const historyLength = history && lengthOf(history);
  const scorer = await createRowScorer({
    model,
    schema,
    batchSize,
    executor,
    learned,
    historyLength,
    party: client,
  });
  const tasks = tasksOf(schema);
  const seen = seenOf(encoder);
  const known: KnownRows = new Map();
  return {
    tasks,
    historyLength,
    seen,
    score: async ({ numRows, features, history: past }) => {
      const encoded = encodeColumns(encoder, features, numRows, known);
      countSeen(seen, encoder, features, encoded);
      const histories =
        historyLength === undefined || past === undefined
          ? undefined
          : givenHistories(past, { encoder, client, length: historyLength });
      const rows: EncodedRows = { ...encoded, ...(histories && { histories }) };
      return scorer.score(withAdded(kept, encoded, examplesOf(rows, tasks.length)));
    },
    close: scorer.close,
  };
}

/** Every row as an example without a label. */
function examplesOf(rows: EncodedRows, numTasks: number): EvaluationExamples {
  const { numRows } = rows;
  return {
    numRows,
    rows,
    at: Int32Array.from({ length: numRows }, (_, row) => row),
    label: new Float32Array(numRows * numTasks),
    user: new Int32Array(numRows),
  };
}

/** The examples with what the method adds to the declared features. */
function withAdded(
  { encoder, schema, added }: KeptModel,
  encoded: EncodedColumns,
  examples: EvaluationExamples,
): EvaluationExamples {
  const { codes, score } = added;
  if (codes.length === 0 && score === undefined) return examples;
  const starts = columnsOf(encoder.schema);
  const rowsOf = (feature: string) => {
    const column = starts[encoder.schema.categorical.findIndex(({ name }) => name === feature)]!;
    return Int32Array.from(
      { length: encoded.numRows },
      (_, row) => encoded.categorical[row * encoded.width + column]!,
    );
  };
  const data: TrainingData = {
    schema: encoder.schema,
    train: { ...examples, at: examples.at },
    parts: [],
  };
  const columns = codes.map(({ name, of, rows }): AddedCategorical => ({
    name,
    of,
    numRows: schema.categorical.find((feature) => feature.name === name)!.numRows,
    ofRow: rowsOf(of).map((row) => rows[row]!),
    ofPool: [],
  }));
  const coded = withCategorical(data, columns);
  const all =
    score === undefined
      ? coded
      : withPairs(coded, [score.name], pairNumbers(score, rowsOf("user"), rowsOf("item")));
  return { ...examples, rows: all.train.rows };
}

function pairNumbers(
  { models, centre, scale, offset }: AddedScore,
  userRows: Int32Array,
  itemRows: Int32Array,
) {
  const itemOfRow = itemRows.map((row) => row - offset);
  return {
    itemOfRow,
    itemOfPool: [],
    write: (row: number, item: number, out: Float32Array, at: number) => {
      let sum = 0;
      for (const factors of models) sum += factorScore(factors, userRows[row]! - offset, item);
      out[at] = (sum / models.length - centre) * scale;
    },
  };
}
