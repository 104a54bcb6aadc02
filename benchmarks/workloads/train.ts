import type { FeatureSchema } from "@atoll/core/data";
import { buildModel, modelConfig } from "@atoll/core/models";
import { streamOf } from "@atoll/core/random";
import {
  createLearned,
  createPredictStep,
  createTrainStep,
  trainingConfig,
} from "@atoll/core/training";
import { onnxExecutor } from "@atoll/node/executor";
import type { Prepared } from "../workload.ts";
import { zipfRows } from "./zipf.ts";

/** Pre-made batches that steps go through in turn. */
const POOL = 8;

/** 416 numbers an example: a model without tables. */
export const numbersOnly: FeatureSchema = {
  categorical: [],
  numeric: Array.from({ length: 416 }, (_, i) => ({ name: `n${i}`, of: "context" as const })),
};

/** 26 fields of one size, a million rows in all; width 16 makes 416 numbers an example. */
export const fields: FeatureSchema = {
  categorical: Array.from({ length: 26 }, (_, i) => ({
    name: `f${i}`,
    of: "context" as const,
    numRows: Math.floor(1_000_000 / 26),
  })),
  numeric: [],
};

interface Setting {
  readonly model: unknown;
  readonly schema: FeatureSchema;
  readonly batchSize: number;
  readonly threads: number;
}

/** A training step of a model of the shelf, on pre-made batches: what `atoll run` does for each batch. */
export async function prepareTraining(setting: Setting): Promise<Prepared> {
  const { schema, batchSize, threads } = setting;
  const model = buildModel(modelConfig.parse(setting.model), schema);
  const learned = createLearned(model, schema, { seed: 1, party: "bench" });
  const step = await createTrainStep({
    model,
    schema,
    config: trainingConfig.parse({ batchSize }),
    executor: onnxExecutor({ intraOpThreads: threads }),
    learned,
  });
  const pool = batchesOf(schema, batchSize);
  const random = streamOf(1, "masks");
  let at = 0;
  const fill = () => {
    const batch = step.batches[at % 2]!;
    const made = pool[at % POOL]!;
    batch.categorical.set(made.categorical);
    batch.numeric.set(made.numeric);
    batch.label.set(made.label);
    batch.weight.fill(1);
    batch.numRows = batchSize;
    step.prepare(batch, random);
    at++;
    return batch;
  };
  let next = fill();
  const options = {
    meanwhile: () => {
      next = fill();
    },
  };
  return {
    step: async () => {
      await step.run(next, options);
    },
    close: step.close,
  };
}

/** Scoring: lookup, forward, probabilities out. */
export async function preparePredicting(setting: Setting): Promise<Prepared> {
  const { schema, batchSize, threads } = setting;
  const model = buildModel(modelConfig.parse(setting.model), schema);
  const learned = createLearned(model, schema, { seed: 1, party: "bench" });
  const executor = onnxExecutor({ intraOpThreads: threads });
  const predict = await createPredictStep({ model, schema, batchSize, executor, learned });
  const pool = batchesOf(schema, batchSize);
  const scores = new Float32Array(batchSize);
  let at = 0;
  return {
    step: async () => {
      predict.batch.categorical.set(pool[at++ % POOL]!.categorical);
      await predict.run();
      for (let i = 0; i < batchSize; i++) scores[i] = 1 / (1 + Math.exp(-predict.logits[i]!));
    },
    close: predict.close,
  };
}

function batchesOf(schema: FeatureSchema, batchSize: number) {
  return Array.from({ length: POOL }, (_, turn) => ({
    categorical: zipfRows(schema, batchSize, streamOf(turn, "ids")),
    numeric: Float32Array.from({ length: batchSize * schema.numeric.length }, (_, i) =>
      Math.sin(i * 0.37 + turn),
    ),
    label: Float32Array.from({ length: batchSize }, (_, i) => (i + turn) % 2),
  }));
}
