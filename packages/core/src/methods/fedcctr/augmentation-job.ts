import {
  asksLanguageModel,
  augmenterOf,
  augmentPopulation,
  type ActiveAugmentation,
  type AugmentationServices,
  type AugmentationStage,
  type PopulationAugmentation,
} from "../../augmentation/index.ts";
import type { SplitClient } from "../../data/index.ts";
import { populationOf, trainingEvents } from "../../population/index.ts";
import { promises } from "../stages/privacy/answers.ts";
import type { MethodSettings } from "../types.ts";
import type { FedcctrSettings } from "./config.ts";
import type { People } from "./people.ts";
import type { PopulationSettings } from "./settings.ts";

export interface AugmentationOptions {
  readonly services: AugmentationServices | undefined;
  /** Users asked about at a time; what comes out is the same whatever it is. */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: {
        readonly stage: AugmentationStage;
        readonly done: number;
        readonly total: number;
      }) => void)
    | undefined;
}

/** What a method makes up before it trains. */
export interface AugmentationJob {
  /** Jobs with the same key say the same of the same splits. */
  readonly key: string;
  readonly settings: ActiveAugmentation;
  /** Asks for everything that training will ask for, in the same words. */
  readonly run: (
    splits: readonly SplitClient[],
    options: AugmentationOptions,
  ) => Promise<PopulationAugmentation>;
}

/**
 * Who augments. A user, or a cohort for each of its users, looks at that user's events in all domains and at no
 * other user's. A silo looks at everybody's in its own domain, `pooled` at everybody's in all: they may know what
 * goes together with what.
 */
export type AugmentingParty = FedcctrSettings["clients"] | "pooled";

/** What may be looked at to say something of a user. */
export interface AugmentationView {
  /** Whether events of a user in one domain may lead to what is said in another. */
  readonly acrossDomains: boolean;
  /** Whether other users may: by what they had together with what. */
  readonly together: boolean;
  /** Whether popularity may: it tells of users, so that under a promise all items count alike. */
  readonly popularity: boolean;
  /** Of older events, by event. */
  readonly decay: number;
}

export function viewOf(
  { request }: Pick<PopulationSettings, "request">,
  { privacy }: Pick<MethodSettings, "privacy">,
  { party }: { readonly party: AugmentingParty },
): AugmentationView {
  return {
    acrossDomains: party !== "silo",
    together: party === "silo" || party === "pooled",
    popularity: !promises(privacy),
    decay: request.decay,
  };
}

/** Undefined where the settings ask for nothing. */
export function augmentationJob(
  config: Pick<PopulationSettings, "augmentation" | "request">,
  method: Pick<MethodSettings, "privacy">,
  of: { readonly party: AugmentingParty },
): AugmentationJob | undefined {
  const { augmentation } = config;
  if (augmentation.kind === "none") return undefined;
  const view = viewOf(config, method, of);
  return {
    key: JSON.stringify([augmentation, readBy(augmentation, view)]),
    settings: augmentation,
    run: (splits, options) => {
      const population = populationOf(splits);
      const people = { population, events: trainingEvents(population) };
      return augmentPeople(people, { settings: augmentation, view }, options);
    },
  };
}

/** What of a view makes a difference: prompts tell neither what goes together nor how much events count. */
function readBy(
  settings: ActiveAugmentation,
  { together, decay, ...view }: AugmentationView,
): Partial<AugmentationView> {
  return asksLanguageModel(settings) ? view : { ...view, together, decay };
}

/** What everybody calls who plans, asks or trains, so that prompts are the same. */
export function augmentPeople(
  { population, events }: Pick<People, "population" | "events">,
  { settings, view }: { readonly settings: ActiveAugmentation; readonly view: AugmentationView },
  { services, ...options }: AugmentationOptions,
): Promise<PopulationAugmentation> {
  const { acrossDomains, together, decay } = view;
  const popularity = new Float64Array(population.itemIds.length);
  if (view.popularity) for (const item of events.item) popularity[item]! += 1;
  else popularity.fill(1);
  const augmenter = augmenterOf(population, {
    settings,
    events,
    popularity,
    decay,
    together,
    ...(services && { services }),
  });
  return augmentPopulation(population, events, {
    augmenter,
    settings,
    popularity,
    acrossDomains,
    ...options,
  });
}
