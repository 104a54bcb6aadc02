import type { AugmentationStage } from "../../augmentation/index.ts";
import {
  crossDomainModel,
  type ChunkSizes,
  type CrossDomainConfig,
  type CrossDomainModel,
  type RequestMode,
} from "../../models/cross-domain/index.ts";
import {
  chunkSizesOf,
  type GradientOptions,
  type ItemRows,
  type TableSize,
} from "../../training/population/index.ts";
import type { CrossDomainSettings, FedcctrSettings } from "./config.ts";

/** The settings that training a model of users reads, whatever the model. */
export type PopulationSettings = Pick<
  CrossDomainSettings,
  | "width"
  | "length"
  | "domainLength"
  | "loss"
  | "items"
  | "request"
  | "augmentation"
  | "chunk"
  | "validateEvery"
>;

/** What is trained: a model, and where the learned vectors of its items come from. */
export interface PopulationModel {
  /** What the model is made of, and made of again where it serves. */
  readonly config: CrossDomainConfig;
  readonly model: CrossDomainModel;
  /** Default: each item has a row of its own. */
  readonly rows?: (options: Pick<GradientOptions, "learned" | "events" | "itemStarts">) => ItemRows;
}

/** The model of settings, and its items' vectors. */
export function populationModel(
  config: CrossDomainConfig,
  rows?: PopulationModel["rows"],
): PopulationModel {
  return { config, model: crossDomainModel(config), ...(rows && { rows }) };
}

/** The settings of IDST-CL among those of a method. */
export function idstClConfig({
  encoders,
  blocks,
  heads,
  dropout,
  head,
  idra,
  cdrd,
}: CrossDomainSettings): CrossDomainConfig {
  return { kind: "idst-cl", encoders, blocks, heads, dropout, head, idra, cdrd };
}

/** What everybody knows of the catalogue. */
export interface Catalogue {
  readonly domains: readonly string[];
  readonly items: number;
  /** Whether items have public texts. */
  readonly hasText: boolean;
  /** Entries of vectors of words that augmentation says; undefined where it says none. */
  readonly wordWidth?: number | undefined;
}

/** What a request knows of candidates, in the order of a reader's numbers. */
export function requestNames({ request }: Pick<PopulationSettings, "request">): readonly string[] {
  return (["recency", "text"] as const).filter((name) => request[name] > 0);
}

/** [K]: what each counts in a logit, or counts at first. */
export function requestWeightsOf({ request }: Pick<PopulationSettings, "request">): number[] {
  return (["recency", "text"] as const).map((name) => request[name]).filter((weight) => weight > 0);
}

export function requestModeOf({ request }: Pick<PopulationSettings, "request">): RequestMode {
  const { recency, text, training } = request;
  return training === "off" || (recency === 0 && text === 0) ? "none" : training;
}

/** Whether augmentation is asked for a stage. */
export function hasStage(
  { augmentation }: Pick<PopulationSettings, "augmentation">,
  stage: AugmentationStage,
): boolean {
  return augmentation.kind !== "none" && augmentation.stages.includes(stage);
}

/**
 * Entries of an item's public vector as the program reads it, with those of its words at the end; 0 where it
 * reads none.
 */
export function publicWidthOf(
  config: Pick<PopulationSettings, "items" | "augmentation">,
  { domains, hasText, wordWidth = 0 }: Omit<Catalogue, "items">,
): number {
  const { items } = config;
  const words = hasStage(config, "items") ? wordWidth : 0;
  if (items.vectors === "learned") return words;
  return (hasText ? items.dimensions : 0) + domains.length + 2 * items.order + words;
}

/** The table of items' learned vectors; none where they have public ones alone. */
export function tablesOf(
  { items, width }: Pick<PopulationSettings, "items" | "width">,
  federate: FedcctrSettings["federate"],
  { items: numItems }: Pick<Catalogue, "items">,
): readonly TableSize[] {
  if (items.vectors === "public") return [];
  return federate === "encoders-and-codes"
    ? [{ name: "codes", rows: items.codes.levels * items.codes.size, width }]
    : [{ name: "items", rows: numItems, width }];
}

export function sizesOf(config: PopulationSettings, catalogue: Catalogue): ChunkSizes {
  const { chunk, width, length, domainLength, loss, items, augmentation } = config;
  const { domains, wordWidth = 0 } = catalogue;
  return chunkSizesOf({
    users: chunk,
    domains: domains.length,
    length,
    domainLength,
    negatives: loss.negatives,
    width,
    publicWidth: publicWidthOf(config, catalogue),
    learnedRows: items.vectors !== "public",
    requestNumbers: requestModeOf(config) === "none" ? 0 : requestNames(config).length,
    profileWidth: hasStage(config, "profiles") ? wordWidth : 0,
    liked: augmentation.kind !== "none" && hasStage(config, "sequences") ? augmentation.liked : 0,
  });
}
