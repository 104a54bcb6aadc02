import {
  augmentUsers,
  heuristicAugmenter,
  type UserAugmentation,
} from "../../augmentation/index.ts";
import type { EvaluationPart } from "../../data/index.ts";
import { AtollError } from "../../errors/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { createArena, type Arena } from "../../kernels/index.ts";
import {
  populationOf,
  populationParts,
  trainingEvents,
  type Population,
  type TrainingEvents,
} from "../../population/index.ts";
import { streamOf } from "../../random/index.ts";
import { publicVectors, requestKnowledge, textIndex } from "../../request/index.ts";
import { view } from "../../tensor/index.ts";
import {
  codeRows,
  createLearnedVector,
  itemTableRows,
  populationGradients,
  populationScorer,
  type ItemRows,
  type LearnedVector,
  type PopulationGradients,
  type PopulationScorer,
} from "../../training/population/index.ts";
import { promises } from "../stages/privacy/answers.ts";
import type { MethodSettings } from "../types.ts";
import { residualCodes } from "./codes.ts";
import type { FedcctrConfig } from "./config.ts";
import {
  requestModeOf,
  sizesOf,
  type Catalogue,
  type PopulationModel,
  type PopulationSettings,
} from "./settings.ts";
import { spaceOf } from "./space.ts";

/** The sequences of everybody, as a party that holds all splits has them. */
export interface People {
  readonly population: Population;
  readonly events: TrainingEvents;
  readonly catalogue: Catalogue;
}

const known = new WeakMap<ClientContext, People>();

/** Joined once for all stages of a party. */
export function peopleOf(context: ClientContext): People {
  const before = known.get(context);
  if (before !== undefined) return before;
  const population = populationOf(context.splits);
  const { domains, itemIds, itemText } = population;
  const people: People = {
    population,
    events: trainingEvents(population),
    catalogue: { domains, items: itemIds.length, hasText: itemText !== undefined },
  };
  known.set(context, people);
  return people;
}

/** What trains and scores a model of users in one party. */
export interface PopulationWorld extends People {
  readonly parts: readonly EvaluationPart[];
  readonly arena: Arena;
  readonly learned: LearnedVector;
  readonly gradients: PopulationGradients;
  readonly scorer: PopulationScorer;
  readonly augmentation: UserAugmentation | undefined;
  readonly close: () => Promise<void>;
}

export async function openWorld(
  context: ClientContext,
  settings: MethodSettings,
  config: PopulationSettings,
  {
    method,
    federate = "all",
  }: { readonly method: PopulationModel; readonly federate?: FedcctrConfig["federate"] },
): Promise<PopulationWorld> {
  const people = peopleOf(context);
  const { population, events, catalogue } = people;
  const { itemStarts } = population;
  const { executor } = context;
  const knowledge = requestKnowledge(population, config.request, {
    recency: context.memory.recency,
  });
  const arena = createArena();
  const space = spaceOf(config, method, { catalogue, federate });
  const learned = createLearnedVector(space.layout, space.tables, arena);
  const features = await publicFeatures(people, config, federate);
  const rows = rowsOf(learned, config, { people, method, codes: features.codes });
  const augmentation = await augmentationOf(context, settings, config, people);
  const sizes = sizesOf(config, catalogue);
  const request = requestModeOf(config);
  const given = Float32Array.from(catalogue.domains.flatMap(() => [...knowledge.weights]));
  const shared = {
    model: method.model,
    sizes,
    learned,
    rows,
    publicVectors: features.vectors,
    executor,
  };
  const gradients = await populationGradients({
    ...shared,
    loss: config.loss.kind,
    request,
    ...(request === "fixed" && { requestWeights: given }),
    ...(request !== "none" && { reader: knowledge.reader() }),
    itemStarts,
    events,
    augmentation: augmentation && { ...augmentation, weight: likedWeight(config) },
  });
  const scorer = await populationScorer({
    ...shared,
    population,
    request:
      knowledge.names.length === 0
        ? undefined
        : {
            reader: knowledge.reader(),
            weights:
              request === "learned" ? view(learned.layout, learned.values, "request") : given,
          },
  });
  return {
    ...people,
    parts: populationParts(context.splits),
    arena,
    learned,
    gradients,
    scorer,
    augmentation,
    close: async () => {
      await gradients.close();
      await scorer.close();
    },
  };
}

function likedWeight({ augmentation }: PopulationSettings): number {
  return augmentation.kind === "none" ? 0 : augmentation.weight;
}

/** Public vectors as the program reads them, and codes that follow from public vectors. */
async function publicFeatures(
  { population, catalogue }: People,
  { items }: PopulationSettings,
  federate: FedcctrConfig["federate"],
): Promise<{
  readonly vectors: Float32Array | undefined;
  readonly codes: Int32Array | undefined;
}> {
  const isCoded = federate === "encoders-and-codes";
  if (items.vectors === "learned" && !isCoded) return { vectors: undefined, codes: undefined };
  if (!catalogue.hasText && (items.order === 0 || isCoded))
    throw new AtollError(
      "METHOD_NEEDS_TEXT",
      `clients ${catalogue.domains.join(", ")}: ${isCoded ? "codes of items" : `items.vectors ${items.vectors}`} come from public texts, but no column has the role text; name one in data.columns.text or set ${isCoded ? "federate to all" : "items.vectors to learned"}`,
    );
  const { itemText, itemStarts, itemIds } = population;
  const made = publicVectors(itemText && textIndex(itemText), {
    dimensions: items.dimensions,
    random: streamOf(0, "public vectors"),
    domains: itemStarts,
    order: items.order,
    itemIds,
  });
  return {
    vectors: items.vectors === "learned" ? undefined : made.values,
    codes: isCoded ? await residualCodes(made, items.codes) : undefined,
  };
}

function rowsOf(
  learned: LearnedVector,
  { items }: PopulationSettings,
  {
    people: { population, events },
    method,
    codes,
  }: {
    readonly people: People;
    readonly method: PopulationModel;
    readonly codes: Int32Array | undefined;
  },
): ItemRows | undefined {
  if (items.vectors === "public") return undefined;
  if (codes !== undefined) return codeRows(learned, { codes, ...items.codes });
  return (
    method.rows?.({ learned, events, itemStarts: population.itemStarts }) ?? itemTableRows(learned)
  );
}

/** Popularity among users would tell of them: under a promise candidates are drawn uniformly. */
async function augmentationOf(
  context: ClientContext,
  { privacy }: MethodSettings,
  { augmentation, request }: PopulationSettings,
  { population, events }: People,
): Promise<UserAugmentation | undefined> {
  if (augmentation.kind === "none") return undefined;
  const { candidates, liked, disliked } = augmentation;
  const { itemIds, itemText } = population;
  const popularity = new Float64Array(itemIds.length);
  if (promises(privacy)) popularity.fill(1);
  else for (const item of events.item) popularity[item]! += 1;
  return augmentUsers(population, events, {
    augmenter: heuristicAugmenter({
      text: itemText && textIndex(itemText),
      popularity,
      liked,
      disliked,
      decay: request.decay,
    }),
    candidates,
    popularity,
    streamOf: (user, domain) => streamOf(context.seed, "augmentation", user, domain),
    onProgress: (share) => context.onProgress?.({ work: "encoding", share }),
  });
}
