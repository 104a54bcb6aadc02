import { z } from "zod";
import {
  encoderOf,
  encoderSchema,
  HISTORY,
  type Encoder,
  type FeatureSchema,
  type TrainingData,
} from "../../data/index.ts";
import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { statePieces } from "../../federation/index.ts";
import type { SavedState } from "../../federation/stage.ts";
import {
  easeConfig,
  fitItemKnn,
  itemKnnConfig,
  type Factors,
  type ItemWeights,
  type Neighbours,
  type Positives,
} from "../../models/collaborative/index.ts";
import { factorsFrom, factorsToWire } from "./collaborative-factors.ts";
import { checkedKept } from "./kept-file.ts";
import { fittedWeights, type FitToServe } from "./fitted-weights.ts";

/** Under which name a client keeps what a method without rows of features learned. */
export const RECOMMENDER_FILE = "recommender";

/**
 * What such a method knows, numbers of users and items being their table rows less 1:
 *
 * - counts: the score of every item, by its table row;
 * - weights, neighbours: what items say for others, and the items that every user chose in training;
 * - factors: vectors of users and items, and the same, which no score is made of.
 */
export type Learned =
  | { readonly kind: "counts"; readonly scores: Float64Array }
  | { readonly kind: "weights"; readonly weights: ItemWeights; readonly positives: Positives }
  | { readonly kind: "neighbours"; readonly neighbours: Neighbours; readonly positives: Positives }
  | { readonly kind: "factors"; readonly factors: Factors; readonly positives: Positives };

/** Settings of the method, as far as they are its model's. */
export type RecommenderConfig = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** Of a method's entry, what its own schema declares: without what any entry may say beside. */
export function recommenderConfig(
  { shape }: z.ZodObject,
  entry: { readonly kind: string },
): RecommenderConfig {
  const own = Object.entries(entry).filter(([name]) => name in shape);
  return { ...Object.fromEntries(own), kind: entry.kind };
}

/** What scores pairs of user and item, with what takes raw ids to numbers. */
export interface KeptRecommender {
  readonly config: RecommenderConfig;
  /** Of the features `user` and `item` alone; of counts, of items. */
  readonly encoder: Encoder;
  /** The same features, and for methods that score by what a user chose, `history`: what a row may bring of it. */
  readonly schema: FeatureSchema;
  readonly learned: Learned;
}

/** Items of a given history that count, unless no user chose as many in training. */
const MOST_GIVEN = 100;

/** What is written: a closed form is kept as what it is a function of, which is far smaller. */
export type Remembered =
  | { readonly kind: "counts"; readonly scores: Float64Array }
  | { readonly kind: "positives"; readonly positives: Positives }
  | { readonly kind: "factors"; readonly factors: Factors; readonly positives: Positives };

const sizes = {
  numUsers: z.number().int().describe("numbers of users"),
  numItems: z.number().int().describe("numbers of items"),
};

const kept = z.strictObject({
  version: z.literal(1).describe("of this format"),
  config: z.looseObject({ kind: z.string() }).describe("the method's settings"),
  encoder: encoderSchema.describe("how raw ids become numbers"),
  tasks: z.array(z.string()).optional().describe("the label that it learned, of several"),
  learned: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("counts") }),
      z.strictObject({ kind: z.literal("positives"), ...sizes }),
      z.strictObject({
        kind: z.literal("factors"),
        ...sizes,
        width: z.number().int().describe("of the vectors"),
      }),
    ])
    .describe("what the arrays are"),
});

/** What is kept: what was learned, by which schema and encoder, of whom. */
export interface Storing {
  readonly config: RecommenderConfig;
  readonly data: Pick<TrainingData, "schema">;
  readonly encoder: Encoder;
  readonly remembered: Remembered;
}

/** Keeps what a client learned in its own store, with what serving needs beside. */
export async function storeRecommender(
  { store }: Pick<ClientContext, "store">,
  { config, data, encoder, remembered }: Storing,
): Promise<void> {
  const features = remembered.kind === "counts" ? ["item"] : ["user", "item"];
  const { arrays, learned } = written(remembered);
  const { tasks } = data.schema;
  const metadata: z.input<typeof kept> = {
    version: 1,
    config: { ...config },
    encoder: encoderOf(encoder, features),
    ...(tasks && { tasks: [...tasks] }),
    learned,
  };
  await store.write(RECOMMENDER_FILE, statePieces({ arrays, metadata }));
}

function written(remembered: Remembered): {
  readonly arrays: SavedState["arrays"];
  readonly learned: z.input<typeof kept>["learned"];
} {
  const array = (data: Float64Array | Int32Array) => ({ shape: [data.length], data });
  const chosen = ({ offsets, items }: Positives) => ({
    "chosen:offsets": array(offsets),
    "chosen:items": array(items),
  });
  switch (remembered.kind) {
    case "counts":
      return { arrays: { scores: array(remembered.scores) }, learned: { kind: "counts" } };
    case "positives": {
      const { numUsers, numItems } = remembered.positives;
      return {
        arrays: chosen(remembered.positives),
        learned: { kind: "positives", numUsers, numItems },
      };
    }
    case "factors": {
      const { factors, positives } = remembered;
      const { numUsers, numItems } = positives;
      return {
        arrays: { ...factorsToWire(factors), ...chosen(positives) },
        learned: { kind: "factors", numUsers, numItems, width: factors.width },
      };
    }
  }
}

/**
 * Reads what a client kept; a closed form is fitted anew, which gives the same numbers as in training.
 * Undefined where the method keeps no such thing.
 */
export async function readKeptRecommender(
  store: Pick<ClientStore, "read" | "write">,
  client: string,
  fit: FitToServe = {},
): Promise<KeptRecommender | undefined> {
  const bytes = await store.read(RECOMMENDER_FILE);
  if (bytes === undefined) return undefined;
  const { arrays, metadata } = checkedKept(bytes, {
    schema: kept,
    what: `client "${client}": the file of its recommender`,
  });
  const { config, encoder, tasks } = metadata;
  const learned = await learnedFrom(metadata.learned, { arrays, config, store, fit });
  return { config, encoder, schema: schemaOf(encoder, tasks, learned), learned };
}

function schemaOf(
  { schema }: Encoder,
  tasks: readonly string[] | undefined,
  learned: Learned,
): FeatureSchema {
  const named = { ...schema, ...(tasks && { tasks }) };
  if (learned.kind === "counts" || learned.kind === "factors") return named;
  const { offsets } = learned.positives;
  const longest = offsets.reduce((most, end, u) => Math.max(most, end - (offsets[u - 1] ?? 0)), 1);
  const { numRows } = schema.categorical.find(({ name }) => name === "item")!;
  const history = {
    name: HISTORY,
    of: "user" as const,
    numRows,
    length: Math.min(longest, MOST_GIVEN),
    vocabulary: "item",
  };
  return { ...named, categorical: [...schema.categorical, history] };
}

async function learnedFrom(
  learned: z.infer<typeof kept>["learned"],
  {
    arrays,
    config,
    store,
    fit,
  }: {
    readonly arrays: SavedState["arrays"];
    readonly config: RecommenderConfig;
    readonly store: Pick<ClientStore, "read" | "write">;
    readonly fit: FitToServe;
  },
): Promise<Learned> {
  if (learned.kind === "counts")
    return { kind: "counts", scores: arrays["scores"]!.data as Float64Array };
  const { numUsers, numItems } = learned;
  const positives: Positives = {
    numUsers,
    numItems,
    offsets: arrays["chosen:offsets"]!.data as Int32Array,
    items: arrays["chosen:items"]!.data as Int32Array,
  };
  if (learned.kind === "factors")
    return { kind: "factors", factors: factorsFrom(learned.width, arrays), positives };
  const form = z.discriminatedUnion("kind", [easeConfig, itemKnnConfig]).parse(config);
  if (form.kind === "ease") {
    const weights = await fittedWeights(store, { positives, config: form }, fit);
    return { kind: "weights", weights, positives };
  }
  const { signal } = fit;
  const neighbours = await fitItemKnn(positives, form, { ...(signal && { signal }) });
  return { kind: "neighbours", neighbours, positives };
}
