import type { FeatureSchema, TrainingData } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { Model, ModelConfig } from "../../models/index.ts";
import type { Trainer } from "../../training/index.ts";

/** What a method adds to the experiment's features and model before it is trained. */
export interface Augmentation {
  /** The features with those that are added; of declared ones (tables of 0 rows) as of encoded ones. */
  readonly schema: (features: FeatureSchema) => FeatureSchema;
  /** Adds to a party's rows what earlier stages left in its memory; the schema is that of `schema`. */
  readonly data: (context: ClientContext, data: TrainingData) => TrainingData;
  /** Makes the model for the features that `schema` gives. */
  readonly build: (config: ModelConfig, schema: FeatureSchema) => Model;
  /** Writes first numbers into a fresh trainer, in place. */
  readonly start?: (context: ClientContext, model: Model, trainer: Trainer) => void;
}
