import { AtollError } from "../errors/index.ts";
import type { Population, TrainingEvents } from "../population/index.ts";
import { tokensOf } from "../request/index.ts";
import { asksLanguageModel, type ActiveAugmentation } from "./config.ts";
import { heuristicAugmenter } from "./heuristic/index.ts";
import { languageModelAugmenter } from "./language-model/index.ts";
import { randomAugmenter } from "./random.ts";
import type { AugmentationServices } from "./services.ts";
import type { Augmenter } from "./types.ts";

export interface AugmenterOptions {
  readonly settings: ActiveAugmentation;
  readonly events: TrainingEvents;
  /** [items], of training events alone. */
  readonly popularity: Float64Array;
  /** What an event of a history counts against the next later one, in (0, 1]. */
  readonly decay: number;
  /** Whether the party may know who had what together with what: not where clients are users. */
  readonly together: boolean;
  /** Of kinds that ask a language model. */
  readonly services?: AugmentationServices | undefined;
}

/** The augmenter of the settings' kind. Throws where it needs texts and no item has one with a word. */
export function augmenterOf(population: Population, options: AugmenterOptions): Augmenter {
  const { settings, events, popularity, decay, together, services } = options;
  refuseWithoutText(population, settings);
  switch (settings.kind) {
    case "heuristic":
      return heuristicAugmenter({
        population,
        popularity,
        settings,
        decay,
        together: together ? events : undefined,
      });
    case "random":
      return randomAugmenter({ population, popularity, settings, decay });
    case "openai-compatible":
    case "local":
      if (services === undefined)
        throw new RangeError(`augmentation ${settings.kind} needs the services of a machine`);
      return languageModelAugmenter({
        settings,
        templates: services.templates(settings),
        model: services.languageModel(settings),
        population,
      });
  }
}

function refuseWithoutText({ itemText, domains }: Population, settings: ActiveAugmentation): void {
  const { kind, stages } = settings;
  const isAsking = asksLanguageModel(settings);
  const reading = stages.filter(
    (stage) => isAsking || stage !== "sequences" || settings.pool !== "popularity",
  );
  if (reading.length === 0 || itemText?.some((text) => tokensOf(text).length > 0) === true) return;
  const column =
    itemText === undefined
      ? "no column has the role text; name one"
      : "no text has a word; name another column";
  const kept = `augmentation.stages to [sequences]${settings.pool === "popularity" ? "" : " and augmentation.pool to popularity"}`;
  const wayOut = isAsking ? `set augmentation.kind to heuristic and ${kept}` : `set ${kept}`;
  throw new AtollError(
    "METHOD_NEEDS_TEXT",
    `clients ${domains.join(", ")}: augmentation ${kind} makes ${reading.join(", ")} of public texts, but ${column} in data.columns.text or ${wayOut}`,
  );
}
