import {
  columnsOf,
  lengthOf,
  numColumnsOf,
  type Batch,
  type FeatureSchema,
} from "../data/index.ts";
import type { Arena } from "../kernels/index.ts";
import { indexedFeatures, type Model } from "../models/index.ts";

type Buffers = Readonly<Record<string, Float32Array>>;

/** Copies table rows out of batches as numbers, for the features whose rows a model reads. */
export interface IndexReader {
  /** [batchSize * length] for every such feature, by name. */
  readonly buffers: (batchSize: number) => Buffers;
  readonly read: (batch: Batch, into: Buffers) => void;
}

export function indexReader(model: Model, schema: FeatureSchema, arena: Arena): IndexReader {
  const numColumns = numColumnsOf(schema);
  const starts = columnsOf(schema);
  const features = indexedFeatures(model, schema).map((feature) => ({
    name: feature.name,
    length: lengthOf(feature),
    column: starts[schema.categorical.indexOf(feature)]!,
  }));
  return {
    buffers: (batchSize) =>
      Object.fromEntries(
        features.map(({ name, length }) => [name, arena.float32(batchSize * length)]),
      ),
    read: ({ categorical, weight }, into) => {
      for (let f = 0; f < features.length; f++) {
        const { name, length, column } = features[f]!;
        const out = into[name]!;
        for (let row = 0; row < weight.length; row++)
          for (let i = 0; i < length; i++)
            out[row * length + i] = categorical[row * numColumns + column + i]!;
      }
    },
  };
}
