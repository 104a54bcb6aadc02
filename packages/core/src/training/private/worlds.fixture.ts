import type { TrainingData } from "../../data/index.ts";
import type { FeatureSchema } from "../../data/schema.ts";
import { buildModel, modelConfig } from "../../models/index.ts";
import type { PassSecrets } from "../private-training.ts";
import type { PrivateTraining } from "../private-training.ts";
import { streamOf } from "../../random/index.ts";
import { jaxExecutor, type Executor } from "../../tensor/index.ts";
import { trainingConfig } from "../config.ts";
import { createTrainer, type Trainer } from "../trainer.ts";

/** What a trainer of `trainerOf` draws its first numbers from. */
export const ORIGIN = { seed: 4, party: "de" };

/** Two ids, a bag of tags, a history that shares the items' rows, two numbers. */
export const richSchema: FeatureSchema = {
  categorical: [
    { name: "user", of: "user", numRows: 9 },
    { name: "item", of: "item", numRows: 8 },
    { name: "tags", of: "item", numRows: 6, length: 3, pooling: "mean" },
    { name: "history", of: "user", numRows: 8, length: 4, vocabulary: "item" },
  ],
  numeric: [
    { name: "price", of: "item" },
    { name: "age", of: "user" },
  ],
};

/** Two ids and a number. */
export const plainSchema: FeatureSchema = {
  categorical: richSchema.categorical.slice(0, 2),
  numeric: richSchema.numeric.slice(0, 1),
};

export interface WorldOptions {
  readonly schema?: FeatureSchema;
  readonly numRows?: number;
  readonly numUsers?: number;
  readonly seed?: number;
}

/** Made-up training rows; values repeat within rows, padding is among them, labels of all tasks. */
export function world(options: WorldOptions = {}): TrainingData {
  const { schema = plainSchema, numRows = 24, numUsers = 5, seed = 3 } = options;
  const random = streamOf(seed, "world");
  const below = (bound: number) => (random.next() >>> 0) % bound;
  const numTasks = schema.tasks?.length ?? 1;
  const columns = schema.categorical.flatMap(({ numRows, length = 1 }) =>
    Array.from({ length }, () => ({ numRows, sparse: length > 1 })),
  );
  return {
    schema,
    train: {
      numRows,
      rows: {
        numRows,
        categorical: Int32Array.from({ length: numRows * columns.length }, (_, i) => {
          const { numRows, sparse } = columns[i % columns.length]!;
          return sparse ? below(numRows) : 1 + below(numRows - 1);
        }),
        numeric: Float32Array.from(
          { length: numRows * schema.numeric.length },
          () => below(1000) / 250 - 2,
        ),
      },
      at: Int32Array.from({ length: numRows }, (_, row) => row),
      ...(schema.tasks && { tasks: schema.tasks }),
      label: Float32Array.from({ length: numRows * numTasks }, () => below(2)),
      user: Int32Array.from({ length: numRows }, () => below(numUsers)),
    },
    parts: [],
  };
}

/** Bytes of a seed and a purpose: foreseeable, for tests. */
export function toySecrets(seed: number): PassSecrets {
  return (purpose) => {
    const stream = streamOf(seed, purpose);
    return (count) => Uint8Array.from({ length: count }, () => stream.next() & 255);
  };
}

export const plainPrivacy: PrivateTraining = {
  unit: "example",
  rowsPerUnit: 1,
  clip: { kind: "fixed", norm: 1 },
  clipping: "flat",
  noiseMultiplier: 0,
  sampling: "shuffled",
};

export interface TrainerParts {
  readonly model?: unknown;
  readonly data?: TrainingData;
  readonly training?: unknown;
  readonly privacy?: PrivateTraining;
  readonly executor?: Executor;
}

export function trainerOf(parts: TrainerParts): Promise<Trainer> {
  const { model = { kind: "lr" }, data = world(), training, privacy, executor } = parts;
  return createTrainer({
    model: buildModel(modelConfig.parse(model), data.schema),
    data,
    config: trainingConfig.parse(
      training ?? {
        batchSize: 8,
        optimiser: { kind: "sgd", learningRate: 0.5 },
        tables: { kind: "sgd", learningRate: 0.5 },
      },
    ),
    executor: executor ?? jaxExecutor({ device: "cpu" }),
    ...ORIGIN,
    privacy,
  });
}
