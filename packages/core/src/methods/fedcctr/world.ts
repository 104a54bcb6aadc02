import type { EvaluationPart } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { createArena, type Arena } from "../../kernels/index.ts";
import { populationParts } from "../../population/index.ts";
import { requestKnowledge } from "../../request/index.ts";
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
import type { MethodSettings } from "../types.ts";
import type { FedcctrSettings } from "./config.ts";
import { peopleOf, type People } from "./people.ts";
import { storeHistories } from "../stages/kept-histories.ts";
import { storePopulation } from "../stages/kept-population.ts";
import { knowledgeToKeep } from "../stages/knowledge-to-keep.ts";
import type { AugmentingParty } from "./augmentation-job.ts";
import { publicFeatures, withWords } from "./public-features.ts";
import {
  requestModeOf,
  sizesOf,
  type PopulationModel,
  type PopulationSettings,
} from "./settings.ts";
import { spaceOf } from "./space.ts";
import { augmentationOf, wordWidthOf, type PartyAugmentation } from "./user-augmentation.ts";

/** What trains and scores a model of users in one party. */
export interface PopulationWorld extends People {
  readonly parts: readonly EvaluationPart[];
  readonly arena: Arena;
  readonly learned: LearnedVector;
  readonly gradients: PopulationGradients;
  readonly scorer: PopulationScorer;
  readonly augmentation: PartyAugmentation | undefined;
  /** Keeps, in the party's own store, all that serves the state at hand. */
  readonly keep: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openWorld(
  context: ClientContext,
  settings: MethodSettings,
  config: PopulationSettings,
  {
    method,
    federate = "all",
    party = "pooled",
  }: {
    readonly method: PopulationModel;
    readonly federate?: FedcctrSettings["federate"];
    readonly party?: AugmentingParty;
  },
): Promise<PopulationWorld> {
  const people = peopleOf(context);
  const { population, events } = people;
  const catalogue = { ...people.catalogue, wordWidth: wordWidthOf(config, context) };
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
  const augmentation = await augmentationOf(context, settings, config, {
    people,
    party,
  });
  const sizes = sizesOf(config, catalogue);
  const request = requestModeOf(config);
  const given = Float32Array.from(catalogue.domains.flatMap(() => [...knowledge.weights]));
  const publicVectors = withWords(features.vectors, augmentation?.vectors.items, catalogue);
  const profiles = augmentation?.vectors.profiles;
  const shared = {
    model: method.model,
    sizes,
    learned,
    rows,
    publicVectors,
    profiles,
    executor,
  };
  const weights = request === "learned" ? view(learned.layout, learned.values, "request") : given;
  const gradients = await populationGradients({
    ...shared,
    loss: config.loss.kind,
    request,
    ...(request === "fixed" && { requestWeights: given }),
    ...(request !== "none" && { reader: knowledge.reader() }),
    itemStarts,
    events,
    augmentation: augmentation?.picked,
  });
  const scorer = await populationScorer({
    ...shared,
    population,
    request:
      knowledge.names.length === 0
        ? undefined
        : {
            reader: knowledge.reader(),
            weights,
          },
  });
  return {
    ...people,
    catalogue,
    parts: populationParts(context.splits),
    arena,
    learned,
    gradients,
    scorer,
    augmentation,
    keep: async () => {
      await storePopulation(context, {
        ...knowledgeToKeep(population, knowledge, {
          settings: config.request,
          weights: Float64Array.from(weights),
          published: context.memory.recency,
        }),
        model: {
          config: method.config,
          sizes,
          loss: config.loss.kind,
          parameters: parametersOf(learned),
          rows: rows && vectorsOf(rows, population.itemIds.length),
          publicVectors,
        },
      });
      await storeHistories(context, population, profiles);
    },
    close: async () => {
      await gradients.close();
      await scorer.close();
    },
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

/** What the model itself has learned, by name: weights of requests stand beside. */
function parametersOf({ layout, values }: LearnedVector): Record<string, Float32Array> {
  return Object.fromEntries(
    layout.views
      .filter(({ name }) => name !== "request")
      .map(({ name }) => [name, view(layout, values, name)]),
  );
}

/** [items, width]: vectors of items as they are learned, or made of what is. */
function vectorsOf(rows: ItemRows, numItems: number): Float32Array {
  const out = new Float32Array(numItems * rows.width);
  rows.begin?.();
  rows.gather(
    Int32Array.from({ length: numItems }, (_, item) => item),
    out,
  );
  return out;
}
