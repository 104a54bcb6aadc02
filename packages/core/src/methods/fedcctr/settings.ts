import type { ChunkSizes, CrossDomainModel, RequestMode } from "../../models/cross-domain/index.ts";
import {
  chunkSizesOf,
  type GradientOptions,
  type ItemRows,
  type TableSize,
} from "../../training/population/index.ts";
import type { CrossDomainSettings, FedcctrConfig } from "./config.ts";

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
  readonly model: CrossDomainModel;
  /** Default: each item has a row of its own. */
  readonly rows?: (options: Pick<GradientOptions, "learned" | "events" | "itemStarts">) => ItemRows;
}

/** What everybody knows of the catalogue. */
export interface Catalogue {
  readonly domains: readonly string[];
  readonly items: number;
  /** Whether items have public texts. */
  readonly hasText: boolean;
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

/** Entries of an item's public vector as the program reads it; 0 where it reads none. */
export function publicWidthOf(
  { items }: Pick<PopulationSettings, "items">,
  { domains, hasText }: Pick<Catalogue, "domains" | "hasText">,
): number {
  if (items.vectors === "learned") return 0;
  return (hasText ? items.dimensions : 0) + domains.length + 2 * items.order;
}

/** The table of items' learned vectors; none where they have public ones alone. */
export function tablesOf(
  { items, width }: Pick<PopulationSettings, "items" | "width">,
  federate: FedcctrConfig["federate"],
  { items: numItems }: Pick<Catalogue, "items">,
): readonly TableSize[] {
  if (items.vectors === "public") return [];
  return federate === "encoders-and-codes"
    ? [{ name: "codes", rows: items.codes.levels * items.codes.size, width }]
    : [{ name: "items", rows: numItems, width }];
}

export function sizesOf(config: PopulationSettings, catalogue: Catalogue): ChunkSizes {
  const { chunk, width, length, domainLength, loss, items, augmentation } = config;
  return chunkSizesOf({
    users: chunk,
    domains: catalogue.domains.length,
    length,
    domainLength,
    negatives: loss.negatives,
    width,
    publicWidth: publicWidthOf(config, catalogue),
    learnedRows: items.vectors !== "public",
    requestNumbers: requestModeOf(config) === "none" ? 0 : requestNames(config).length,
    liked: augmentation.kind === "none" ? 0 : augmentation.liked,
  });
}
