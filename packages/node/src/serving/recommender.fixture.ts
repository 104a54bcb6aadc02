import {
  columnsConfig,
  encode,
  itemsOfUser,
  splitClient,
  type ColumnsConfig,
} from "@atoll/core/data";
import {
  readKeptRecommender,
  storeRecommender,
  type KeptRecommender,
  type RecommenderConfig,
  type Remembered,
} from "@atoll/core/methods";
import { normal, streamOf, uniformBelow } from "@atoll/core/random";
import { oddTable } from "./kept.fixture.ts";

/** Kinds of what recommenders keep, with the settings of a method that keeps it. */
export const recommenders = {
  popularity: { kind: "popularity" },
  "item-knn": { kind: "item-knn", neighbours: 4, shrinkage: 1 },
  ease: { kind: "ease", lambda: 3 },
  "mf-bpr": { kind: "mf-bpr", width: 3 },
} as const satisfies Readonly<Record<string, RecommenderConfig>>;

interface DrawnOptions {
  readonly client?: string;
  readonly columns?: ColumnsConfig;
  /** Pairs of user and item; default: drawn ones. */
  readonly pairs?: number;
}

/** A recommender of drawn numbers for the odd table, as if a client had kept it. */
export async function drawnRecommender(
  config: RecommenderConfig,
  {
    client = "north",
    columns = columnsConfig.parse({ user: "user", item: "item" }),
    pairs = 60,
  }: DrawnOptions = {},
): Promise<KeptRecommender> {
  const split = splitClient(
    oddTable(),
    {
      client,
      columns: { ...columns, label: "click" },
      feedback: "explicit",
      duplicates: "keep",
      split: { kind: "random", valid: 0.2, test: 0.2 },
    },
    1,
  );
  const { data, encoder } = encode([split], { minCount: 1 });
  const random = streamOf(11, "recommender", config.kind);
  const [numUsers, numItems] = data.schema.categorical.map(({ numRows }) => numRows - 1);
  const drawn = (size: number) => Float32Array.from({ length: size }, () => normal(random));
  const below = (size: number) =>
    Array.from({ length: pairs }, () => 1 + uniformBelow(random, size - 1));
  const positives = () => ({
    numUsers: numUsers!,
    numItems: numItems!,
    ...itemsOfUser(numUsers!, [{ user: below(numUsers!), item: below(numItems!) }]),
  });
  const remembered = (): Remembered => {
    switch (config.kind) {
      case "popularity":
        return {
          kind: "counts",
          scores: Float64Array.from({ length: numItems! + 1 }, () => Math.abs(normal(random))),
        };
      case "mf-bpr":
        return {
          kind: "factors",
          factors: {
            width: 3,
            users: drawn(3 * numUsers!),
            items: drawn(3 * numItems!),
            bias: drawn(numItems!),
          },
          positives: positives(),
        };
      default:
        return { kind: "positives", positives: positives() };
    }
  };
  const files = new Map<string, Uint8Array>();
  const store = {
    write: async (name: string, pieces: readonly Uint8Array[]) =>
      void files.set(name, Buffer.concat(pieces)),
    read: async (name: string) => files.get(name),
  };
  await storeRecommender({ store }, { config, data, encoder, remembered: remembered() });
  return (await readKeptRecommender(store, client))!;
}
