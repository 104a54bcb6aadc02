import type { z } from "zod";
import type { AugmentationSettings } from "../augmentation/index.ts";
import type { FeatureSchema } from "../data/index.ts";
import type { FederationConfig } from "../federation/config.ts";
import type { Stage } from "../federation/stage.ts";
import type { Model, ModelConfig } from "../models/index.ts";
import type { PrivacyConfig, PrivacyKind } from "../privacy/index.ts";
import type { TrainingConfig } from "../training/config.ts";
import type { AugmentationJob } from "./fedcctr/augmentation-job.ts";

/** What every method of an experiment is given, after a method's own overrides were applied. */
export interface MethodSettings {
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  readonly privacy: PrivacyConfig;
  /** The experiment's, for methods that know it and name none of their own. */
  readonly augmentation: AugmentationSettings;
  readonly federation: FederationConfig;
  /** Metric that validation selects by. */
  readonly selectBy: string;
  /** Metrics that the test split is measured by. */
  readonly metrics: readonly string[];
  readonly ties: "pessimistic" | "expected" | "optimistic";
  /** Test rows of a label with fewer positives, or negatives, than this have no metrics of labels. */
  readonly minPositives: number;
  readonly validationLists: number;
  readonly minCount: number;
  /** Features whose values mean the same in every client. */
  readonly common: readonly string[];
  /** Feature names and owners; tables have 0 rows, as they are each client's own, but for hashed ones. */
  readonly features: FeatureSchema;
  /** Methods of the same experiment to start from, by name. */
  readonly startFrom: readonly string[];
}

export type MethodRole = "baseline" | "reference" | "federated";

/**
 * Who takes part: `clients`, every client by itself; `pooled`, one party that holds everybody's data (never
 * a federation); `population`, parties that hold everybody's data too, but simulate a federation of users.
 */
export type MethodParties = "clients" | "pooled" | "population";

/** One line of the method table. A method is an ordered list of stages. */
export interface MethodDefinition<Config extends { readonly kind: string }> {
  readonly config: z.ZodObject & z.ZodType<Config>;
  /** One sentence with the source, for docs and reports. */
  readonly summary: string;
  /** `reference`: an upper bound that no real federation can have. */
  readonly role: MethodRole;
  /** Where settings decide: a federated method that is told to send nothing is a baseline. */
  readonly roleOf?: (config: Config) => MethodRole;
  readonly parties: MethodParties;
  /** Whether it trains the experiment's model; if not, it has one of its own, or none. */
  readonly trainsModel: boolean;
  /** What clients and server exchange in training, in words, of a federated method that trains a model of its own. */
  readonly travels?: (config: Config) => string;
  /** Parties that share the users of a population among them; default: 1. */
  readonly shards?: (config: Config) => number;
  /** Kinds of privacy that it knows beside none. Default: none of them. */
  readonly privacy?: readonly PrivacyKind[];
  /** What the method needs that a model lacks, as what follows its name, with the way out. */
  readonly lacking?: (model: Model) => string | undefined;
  readonly stages: (config: Config, settings: MethodSettings) => readonly Stage[];
  /** What has to be augmented before training, where settings ask for it. */
  readonly augments?: (config: Config, settings: MethodSettings) => AugmentationJob | undefined;
  /** Earlier methods of the experiment, by name, whose files it reads beside those of `startFrom`. */
  readonly reads?: (config: Config) => readonly string[];
}

/** A line of the table whose config has been read already: what the table hands out by name. */
export type AnyMethod = Omit<MethodDefinition<{ readonly kind: string }>, "config"> & {
  readonly config: z.ZodObject;
};

/** Keeps each table line's config type while the table stays plain. */
export function method<Config extends { readonly kind: string }>(
  definition: MethodDefinition<Config>,
): MethodDefinition<Config> {
  return definition;
}
