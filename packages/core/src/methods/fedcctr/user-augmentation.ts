import {
  asksLanguageModel,
  augmentationVectors,
  type AugmentationServices,
  type LanguageModel,
  type PopulationAugmentation,
} from "../../augmentation/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import type { Population } from "../../population/index.ts";
import type { ChunkAugmentation } from "../../training/population/index.ts";
import type { MethodSettings } from "../types.ts";
import { augmentPeople, viewOf, type AugmentingParty } from "./augmentation-job.ts";
import type { AugmentationNumbers } from "./diagnostics/types.ts";
import type { People } from "./people.ts";
import { hasStage, type PopulationSettings } from "./settings.ts";

/** What augmentation says, as training and scoring read it. Stays with the party. */
export interface PartyAugmentation {
  /** Undefined where sequences are left alone. */
  readonly picked: ChunkAugmentation | undefined;
  readonly vectors: {
    /** [items, wordWidth] */
    readonly items: Float32Array | undefined;
    /** [users, domains, wordWidth] */
    readonly profiles: Float32Array | undefined;
  };
  readonly numbers: AugmentationNumbers;
}

/** Items whose words are kept to be read. */
const EXAMPLES = 5;

/** Entries of vectors of words; undefined where augmentation is not asked for words. */
export function wordWidthOf(
  config: Pick<PopulationSettings, "augmentation">,
  { augmentation: services }: Pick<ClientContext, "augmentation">,
): number | undefined {
  const { augmentation } = config;
  if (augmentation.kind === "none") return undefined;
  if (!hasStage(config, "items") && !hasStage(config, "profiles")) return undefined;
  const { vectors } = augmentation;
  if (vectors.kind === "hashing") return vectors.dimensions;
  if (services === undefined) throw new RangeError("there is nothing to encode sentences by");
  return services.sentences(vectors).dimensions;
}

/** What augmentation adds to training, by the settings; undefined where they ask for none. */
export async function augmentationOf(
  context: ClientContext,
  method: Pick<MethodSettings, "privacy">,
  config: PopulationSettings,
  { people, party }: { readonly people: People; readonly party: AugmentingParty },
): Promise<PartyAugmentation | undefined> {
  const { augmentation: settings } = config;
  if (settings.kind === "none") return undefined;
  const { population } = people;
  const { services, models } = watched(context.augmentation);
  const said = await augmentPeople(
    people,
    { settings, view: viewOf(config, method, { party }) },
    {
      services,
      onProgress: ({ stage, done, total }) => {
        const share = total === 0 ? 1 : done / total;
        const before = settings.stages.indexOf(stage);
        context.onProgress?.({
          work: "encoding",
          share: (before + share) / settings.stages.length,
        });
      },
    },
  );
  const vectors = await augmentationVectors(said, {
    settings,
    domains: population.domains.length,
    ...(services && { services }),
  });
  return {
    picked: hasStage(config, "sequences")
      ? { liked: said.liked, disliked: said.disliked, weight: settings.weight }
      : undefined,
    vectors,
    numbers: {
      users: said.users,
      augmented: said.augmented,
      meanLengthBefore: said.meanLength.before,
      meanLengthAfter: said.meanLength.after,
      density: said.density,
      ...(asksLanguageModel(settings) && { answers: models[0]!.tally() }),
      ...(said.descriptions && { descriptions: examplesOf(said.descriptions, population) }),
    },
  };
}

/** The same services; the language models that were made of them can be asked how they did. */
function watched(services: AugmentationServices | undefined): {
  readonly services: AugmentationServices | undefined;
  readonly models: readonly LanguageModel[];
} {
  const models: LanguageModel[] = [];
  if (services === undefined) return { services, models };
  const languageModel: AugmentationServices["languageModel"] = (settings) => {
    const model = services.languageModel(settings);
    models.push(model);
    return model;
  };
  return { services: { ...services, languageModel }, models };
}

/** Some items with their words, evenly spaced over those that have any. */
function examplesOf(
  descriptions: NonNullable<PopulationAugmentation["descriptions"]>,
  { itemIds, itemText }: Pick<Population, "itemIds" | "itemText">,
): NonNullable<AugmentationNumbers["descriptions"]> {
  const described = descriptions.flatMap((words, item) =>
    words === undefined ? [] : [{ item: itemText?.[item] || itemIds[item]!, words }],
  );
  const step = Math.max(1, Math.floor(described.length / EXAMPLES));
  return described.filter((_, i) => i % step === 0).slice(0, EXAMPLES);
}
