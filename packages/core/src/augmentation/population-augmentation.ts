import type { ActiveAugmentation } from "./config.ts";
import type { InFlightOptions } from "./in-flight.ts";
import type { PickedItems } from "./picked-items.ts";
import type { AugmentationStage, Augmenter } from "./types.ts";

/** What augmentation says of a population. */
export interface PopulationAugmentation {
  /** [items]; undefined where the stage is off, an entry where there is nothing to say. */
  readonly descriptions: readonly (string | undefined)[] | undefined;
  /** [users * domains], of user u in domain x; the same in every domain unless silos know their own alone. */
  readonly profiles: readonly (string | undefined)[] | undefined;
  /** Empty where the stage is off. */
  readonly liked: PickedItems;
  readonly disliked: PickedItems;
  /** Users with training events, and those of them that got a liked item. */
  readonly users: number;
  readonly augmented: number;
  /** Mean events of a user with training events, and the same with the liked items. */
  readonly meanLength: { readonly before: number; readonly after: number };
  /** Distinct pairs of a user with training events and an item, by all such pairs, and with the liked items. */
  readonly density: { readonly before: number; readonly after: number };
}

/** Items, users, or users by domain that a stage is done with. */
export interface AugmentationProgress {
  readonly stage: AugmentationStage;
  readonly done: number;
  readonly total: number;
}

export interface AugmentPopulationOptions {
  readonly augmenter: Augmenter;
  readonly settings: ActiveAugmentation;
  /** [items], what candidates are drawn by, of training events alone. */
  readonly popularity: Float64Array;
  /** Whether what is said of a user in a domain may follow from events of others; default: yes. Silos do not know them. */
  readonly acrossDomains?: boolean;
  /** Calls of the augmenter at a time, default 1; changes no result. */
  readonly concurrency?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: AugmentationProgress) => void) | undefined;
}

/** How the pieces of a stage are worked through. */
export function progressOf(
  stage: AugmentationStage,
  total: number,
  {
    concurrency = 1,
    signal,
    onProgress,
  }: Pick<AugmentPopulationOptions, "concurrency" | "signal" | "onProgress">,
): InFlightOptions & { readonly onDone: (done: number) => void } {
  return { concurrency, signal, onDone: (done: number) => onProgress?.({ stage, done, total }) };
}
