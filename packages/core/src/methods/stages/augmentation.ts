import type { FeatureSchema, TrainingData } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { buildModel, type Model, type ModelConfig } from "../../models/index.ts";
import type { Trainer } from "../../training/index.ts";
import type { Added } from "./added.ts";

/** What a method adds to the experiment's features and model before it is trained. */
export interface Augmentation {
  /** The declared features with those that are added; tables whose size the party alone knows have 0 rows. */
  readonly schema: (features: FeatureSchema) => FeatureSchema;
  /**
   * Adds to a party's rows what earlier stages left in its memory: the features of `schema`, in the same
   * places, with the sizes that the party's tables have.
   */
  readonly data: (context: ClientContext, data: TrainingData) => TrainingData;
  /** The same for rows that come later, to be kept beside the model. */
  readonly added: (context: ClientContext, data: TrainingData) => Added;
  /** Makes the model for the features with those that are added. */
  readonly build: (config: ModelConfig, schema: FeatureSchema) => Model;
  /** Writes first numbers into a fresh trainer, in place. Rows that are joined must start alike everywhere. */
  readonly start?: (context: ClientContext, model: Model, trainer: Trainer) => void;
}

/** The experiment's features and model as they are. */
export const NO_AUGMENTATION: Augmentation = {
  schema: (features) => features,
  data: (_context, data) => data,
  added: () => ({ codes: [], unread: [] }),
  build: buildModel,
};
