import { evaluationBatches, type EvaluationExamples, type FeatureSchema } from "../data/index.ts";
import { AtollError } from "../errors/index.ts";
import type { Model } from "../models/index.ts";
import type { Executor } from "../tensor/index.ts";
import type { Learned } from "./learned.ts";
import { readsHistories } from "./sequence-learner.ts";
import { createSequenceScorer } from "./sequence-scorer.ts";
import { createPredictStep } from "./step.ts";

/** Scores rows with what was learned, as it is at the time. */
export interface RowScorer {
  /** Probabilities of the examples, [numRows * tasks]. */
  readonly score: (examples: EvaluationExamples) => Promise<Float64Array>;
  readonly close: () => Promise<void>;
}

export interface ScorerOptions {
  readonly model: Model;
  readonly schema: FeatureSchema;
  /** Rows of a run. */
  readonly batchSize: number;
  readonly executor: Executor;
  readonly learned: Learned;
  /** Values of a history, where rows have one. */
  readonly historyLength: number | undefined;
  readonly party: string;
}

/** Compiles the model's scoring programs: training and serving score with the same ones. */
export async function createRowScorer(options: ScorerOptions): Promise<RowScorer> {
  const { model, schema, batchSize, executor, learned, historyLength, party } = options;
  const sequences =
    historyLength !== undefined && readsHistories(model)
      ? await createSequenceScorer({
          model,
          executor,
          learned,
          batch: Math.max(1, Math.round(batchSize / historyLength)),
          length: historyLength,
        })
      : undefined;
  const predict = await createPredictStep({ model, schema, batchSize, executor, learned });

  const checked = (scores: Float64Array): Float64Array => {
    if (scores.some(Number.isNaN))
      throw new AtollError(
        "TRAINING_DIVERGED",
        `client "${party}": the model scores NaN; lower training.optimiser.learningRate, or the method's own`,
      );
    return scores;
  };

  return {
    score: async (examples) => {
      if (sequences !== undefined)
        return checked(
          (await sequences.logits(examples, schema)).map((z) => 1 / (1 + Math.exp(-z))),
        );
      const perRow = predict.logits.length / predict.batch.weight.length;
      // In doubles, so that large log-odds, which only ranking needs, are not all 1.
      const scores = new Float64Array(examples.numRows * perRow);
      let at = 0;
      for (const batch of evaluationBatches(examples, schema, predict.batch)) {
        await predict.run();
        for (let i = 0; i < batch.numRows * perRow; i++)
          scores[at++] = 1 / (1 + Math.exp(-predict.logits[i]!));
      }
      return checked(scores);
    },
    close: async () => {
      await predict.close();
      await sequences?.close();
    },
  };
}
